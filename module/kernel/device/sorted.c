// SPDX-License-Identifier: GPL-2.0
/* sorted.c - the seam's trees, by the kernel's red-black tree. */
#include <linux/rbtree.h>

#include "../device.h"

static struct kapi_sorted *element_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct kapi_sorted, node);
}

void kapi_sorted_add(struct rb_root_cached *tree, struct kapi_sorted *element)
{
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (element->key < element_of(parent)->key) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&element->node, parent, link);
	rb_insert_color_cached(&element->node, tree, leftmost);
}

void kapi_sorted_remove(struct rb_root_cached *tree, struct kapi_sorted *element)
{
	rb_erase_cached(&element->node, tree);
}

struct kapi_sorted *kapi_sorted_first(struct rb_root_cached *tree)
{
	return element_of(rb_first_cached(tree));
}

struct kapi_sorted *kapi_sorted_find(struct rb_root_cached *tree, long long key)
{
	struct rb_node *node = tree->rb_root.rb_node, *found = NULL;

	while (node) {
		if (element_of(node)->key < key) {
			node = node->rb_right;
		} else {
			found = node;
			node = node->rb_left;
		}
	}
	return found && element_of(found)->key == key ? element_of(found) : NULL;
}
