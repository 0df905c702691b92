/* SPDX-License-Identifier: GPL-2.0 */
#define scoped_guard YACFE_ITERATOR
#define __free(x) 
