// SPDX-License-Identifier: GPL-2.0
// sorted.cpp - kapi_sorted_*: a list in the order of its keys. Each call accesses the tree plainly,
// so that two that no lock orders are a data race.
#include "objects.hpp"
#include <sim/machine.hpp>

using namespace sim;

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

void access_tree(rb_root_cached *tree, Access access)
{
    SortedTree &whole = inside(tree);
    plain_access(&whole, sizeof whole, access);
}

} // namespace

extern "C" {

void kapi_sorted_add(rb_root_cached *tree, kapi_sorted *element)
{
    access_tree(tree, Access::write);
    SortedNode &node = inside(&element->node);
    if (node.in_tree)
        refuse("%s adds to a tree what is in a tree", current().name);
    kapi_sorted **link =
        find_link(tree, [&](const kapi_sorted *other) { return other->key <= element->key; });
    node = {*link, true, nullptr};
    *link = element;
}

void kapi_sorted_remove(rb_root_cached *tree, kapi_sorted *element)
{
    access_tree(tree, Access::write);
    kapi_sorted **link =
        find_link(tree, [&](const kapi_sorted *other) { return other != element; });
    if (!*link)
        refuse("%s removes from a tree what is not in it", current().name);
    *link = inside(&element->node).next;
    inside(&element->node) = {};
}

kapi_sorted *kapi_sorted_first(rb_root_cached *tree)
{
    access_tree(tree, Access::read);
    return inside(tree).first;
}

kapi_sorted *kapi_sorted_find(rb_root_cached *tree, long long key)
{
    access_tree(tree, Access::read);
    kapi_sorted *found =
        *find_link(tree, [&](const kapi_sorted *other) { return other->key < key; });
    return found && found->key == key ? found : nullptr;
}

} // extern "C"
