package csource_test

import (
	"fmt"

	"dmafuzz/internal/csource"
)

const unbind = `static void release(struct device *dev)
{
	if (IS_ENABLED(CONFIG_PM) && dev->pm)
		pm_put(dev);
#ifdef CONFIG_OF_DMA
	arch_teardown(dev, to_of(dev));
#endif
	devres_release(dev);
	dev->dma_ops = NULL;
}
`

func ExampleParse() {
	file, err := csource.Parse("dd.c", []byte(unbind), nil)
	if err != nil {
		panic(err)
	}
	csource.Walk(file.Function("release")[0].Body, func(s csource.Stmt) bool {
		switch s := s.(type) {
		case *csource.If:
			fmt.Println(s.Pos, "if", s.Cond.Text)
		case *csource.Preproc:
			fmt.Println(s.Pos, "#if", s.Cond)
		case *csource.ExprStmt:
			for _, c := range s.Expr.Calls {
				fmt.Println(c.Pos, "call", c.Name, c.Args)
			}
			for _, a := range s.Expr.Assigns {
				fmt.Println(a.Pos, "set", a.LHS, a.Op, a.RHS)
			}
		}
		return true
	})
	// Output:
	// dd.c:3:2 if IS_ENABLED(CONFIG_PM) && dev->pm
	// dd.c:4:3 call pm_put [dev]
	// dd.c:5:1 #if defined(CONFIG_OF_DMA)
	// dd.c:6:21 call to_of [dev]
	// dd.c:6:2 call arch_teardown [dev to_of(dev)]
	// dd.c:8:2 call devres_release [dev]
	// dd.c:9:2 set dev->dma_ops = NULL
}

func ExampleEval() {
	off := func(symbol string) csource.Value {
		if symbol == "CONFIG_PM" {
			return csource.No
		}
		return csource.Unknown
	}
	fmt.Println(csource.Eval("IS_ENABLED(CONFIG_PM) && dev->pm", off))
	fmt.Println(csource.Eval("IS_ENABLED(CONFIG_PM) || dev->pm", off))
	// Output:
	// n
	// ?
}

func ExampleKconfig_Selected() {
	src := "config ARM64\n\tdef_bool y\n\tselect ARCH_HAS_TEARDOWN_DMA_OPS if IOMMU_SUPPORT\n"
	kconfig, err := csource.ParseKconfig("arch/arm64/Kconfig", []byte(src))
	if err != nil {
		panic(err)
	}
	dotConfig, err := csource.ParseDotConfig(".config", []byte("CONFIG_IOMMU_SUPPORT=y\n"))
	if err != nil {
		panic(err)
	}
	fmt.Println(kconfig.Selected("ARCH_HAS_TEARDOWN_DMA_OPS", csource.Settings(dotConfig, csource.Unknown)))
	fmt.Println(kconfig.Selected("ARCH_HAS_TEARDOWN_DMA_OPS", nil))
	// Output:
	// y
	// ?
}
