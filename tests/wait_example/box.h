/* SPDX-License-Identifier: GPL-2.0 */
/* box.h - the functions of box.cpp that the C side calls. */
#ifdef __cplusplus
extern "C" {
#endif

void mailbox_init(void);
/* Sleeps until the mailbox is full, and empties it. 0, or -ERESTARTSYS: a signal came. */
long mailbox_take(void);
/* Any context, hard irq included. */
void mailbox_fill(void);

#ifdef __cplusplus
}
#endif
