#define scoped_guard YACFE_ITERATOR
#define __free(x) 
