package fuzz

import (
	"os"

	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// shipped returns the kernel that DMAFUZZ_KERNEL names, the newest if it is
// not set, with what is known of it.
func shipped() (*model.Kernel, []model.Key, error) {
	name := os.Getenv("DMAFUZZ_KERNEL")
	if name == "" {
		name = kernels.Newest()
	}
	k, err := kernels.Load(name)
	if err != nil {
		return nil, nil, err
	}
	known, err := knownKeys(name)
	return k, known, err
}
