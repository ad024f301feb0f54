// SPDX-License-Identifier: GPL-2.0
/* string.c - text that a driver prints into its memory: watched byte by byte. */
#include <linux/kernel.h>
#include <linux/string.h>
#undef vsnprintf

int __sim_vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
	char text[1024];
	const int length = vsnprintf(text, sizeof(text), format, arguments);
	size_t i;

	if (length >= (int)sizeof(text))
		sim_give_up("prints a text of %d bytes: more than the simulation has room for",
			    length);
	for (i = 0; i + 1 < size && text[i]; ++i)
		to[i] = text[i];
	if (size)
		to[i] = 0;
	return length;
}

int __sim_snprintf(char *to, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = __sim_vsnprintf(to, size, format, arguments);
	va_end(arguments);
	return length;
}
