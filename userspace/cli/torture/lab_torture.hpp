// SPDX-License-Identifier: GPL-2.0
// The torture of the lab.
#pragma once

#include "torture/lab_worker.hpp"
#include "torture/subject.hpp"

namespace waitq::cli::torture {

[[nodiscard]] std::unique_ptr<Subject> lab_subject(LabChoice choice);

} // namespace waitq::cli::torture
