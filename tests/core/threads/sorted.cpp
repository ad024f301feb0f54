// SPDX-License-Identifier: GPL-2.0
// sorted.cpp - kapi_sorted_*: a list in the order of its keys.
#include "objects.hpp"

using namespace threads;

namespace {

// The pointer to the first element for which `passed` is false.
template <class Passed>
kapi_sorted **find_link(rb_root_cached *tree, Passed passed)
{
    kapi_sorted **link = &inside(tree).first;
    while (*link && passed(*link))
        link = &inside(&(*link)->node).next;
    return link;
}

} // namespace

extern "C" {

void kapi_sorted_add(rb_root_cached *tree, kapi_sorted *element)
{
    kapi_sorted **link =
        find_link(tree, [&](const kapi_sorted *other) { return other->key <= element->key; });
    inside(&element->node).next = *link;
    *link = element;
}

void kapi_sorted_remove(rb_root_cached *tree, kapi_sorted *element)
{
    kapi_sorted **link =
        find_link(tree, [&](const kapi_sorted *other) { return other != element; });
    if (!*link)
        broken("an element is removed from a tree that it is not in");
    *link = inside(&element->node).next;
}

kapi_sorted *kapi_sorted_first(rb_root_cached *tree)
{
    return inside(tree).first;
}

kapi_sorted *kapi_sorted_find(rb_root_cached *tree, long long key)
{
    kapi_sorted *found =
        *find_link(tree, [&](const kapi_sorted *other) { return other->key < key; });
    return found && found->key == key ? found : nullptr;
}

} // extern "C"
