// Prints every call that Coccinelle sees: file, function, line, callee. For coccinelle_test.go.
@r@
expression callee;
expression list args;
position p;
@@
callee@p(args)

@script:python@
callee << r.callee;
p << r.p;
@@
print("call\t%s\t%s\t%s\t%s" % (p[0].file, p[0].current_element, p[0].line, callee))
