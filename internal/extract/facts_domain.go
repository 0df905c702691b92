package extract

import (
	"fmt"
	"strings"

	"dmafuzz/internal/csource"
)

// readDefaultDomain reads the type of a new default domain. iommu_subsys_init
// chooses it, by CONFIG_IOMMU_DEFAULT_PASSTHROUGH; without dma-iommu a domain of
// type DMA cannot be: the core then asks for identity, or gets none.
func (t *tree) readDefaultDomain() (string, string) {
	value, pos := t.chosenDomain()
	switch {
	case value != "dma" || t.cfg.ask("CONFIG_IOMMU_DMA") == csource.Yes:
		return value, pos
	}
	if pos := t.forcedIdentity(); pos != "" {
		return "identity", pos
	}
	// the stub of dma-iommu's cookie fails, and with it the domain
	if fn := t.function("iommu_get_dma_cookie", "drivers/iommu/dma-iommu.h"); fn != nil && strings.HasSuffix(fn.File, ".h") {
		if ret := t.firstReturn(fn.Body); strings.HasPrefix(strings.TrimSpace(ret), "-") {
			return "none", fmt.Sprintf("%s:%d", fn.File, fn.Line)
		}
	}
	return "", iommuFile
}

// chosenDomain is what iommu_subsys_init sets iommu_def_domain_type to.
func (t *tree) chosenDomain() (string, string) {
	fn := t.function("iommu_subsys_init", iommuFile)
	if fn == nil {
		return "", iommuFile
	}
	value, pos := "", fmt.Sprintf("%s:%d", fn.File, fn.Line)
	csource.Walk(fn.Body, func(s csource.Stmt) bool {
		i, ok := s.(*csource.If)
		if !ok || value != "" || !strings.Contains(i.Cond.Text, "CONFIG_IOMMU_DEFAULT_PASSTHROUGH") {
			return true
		}
		way := i.Else
		if csource.Eval(i.Cond.Text, t.cfg.ask) == csource.Yes {
			way = i.Then
		}
		for _, c := range csource.Calls(way) {
			if v := t.setsDomain(c.Name); v != "" {
				value, pos = v, fmt.Sprintf("%s:%d", fn.File, i.Position().Line)
			}
		}
		return false
	})
	return value, pos
}

// setsDomain is the type that a function sets iommu_def_domain_type to, if it
// sets one.
func (t *tree) setsDomain(name string) string {
	fn := t.function(name, iommuFile)
	if fn == nil {
		return ""
	}
	value := ""
	csource.Walk(fn.Body, func(s csource.Stmt) bool {
		if e, ok := s.(*csource.ExprStmt); ok {
			switch strings.TrimSuffix(strings.Join(tokens(e.Expr.Text), ""), ";") {
			case "iommu_def_domain_type=IOMMU_DOMAIN_IDENTITY":
				value = "identity"
			case "iommu_def_domain_type=IOMMU_DOMAIN_DMA":
				value = "dma"
			}
		}
		return true
	})
	return value
}

// forcedIdentity is where the core asks for identity because the architecture
// brings its own mappings, or because there is no dma-iommu.
func (t *tree) forcedIdentity() string {
	fn := t.function("iommu_get_default_domain_type", iommuFile)
	if fn == nil {
		return ""
	}
	pos := ""
	csource.Walk(fn.Body, func(s csource.Stmt) bool {
		i, ok := s.(*csource.If)
		if !ok || pos != "" || !strings.Contains(i.Cond.Text, "CONFIG_ARM_DMA_USE_IOMMU") && !strings.Contains(i.Cond.Text, "CONFIG_IOMMU_DMA") ||
			csource.Eval(i.Cond.Text, t.cfg.ask) != csource.Yes {
			return true
		}
		csource.Walk(i.Then, func(s csource.Stmt) bool {
			if e, ok := s.(*csource.ExprStmt); ok &&
				strings.TrimSuffix(strings.Join(tokens(e.Expr.Text), ""), ";") == "driver_type=IOMMU_DOMAIN_IDENTITY" {
				pos = fmt.Sprintf("%s:%d", fn.File, e.Position().Line)
			}
			return true
		})
		return true
	})
	return pos
}
