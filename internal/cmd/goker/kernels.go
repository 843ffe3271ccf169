package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/checker"
)

// kernelFile is one source file of the kernels, alone in a package of its own.
type kernelFile struct {
	name  string // "etcd6857"
	path  string // of the copy
	lines []string
}

// copyKernels copies each file to a package of its own below a new module,
// together with the main file of its folder.
func copyKernels(from, module string) ([]kernelFile, error) {
	if err := os.WriteFile(filepath.Join(module, "go.mod"), []byte("module kernels\n\ngo 1.26\n"), 0o644); err != nil {
		return nil, fmt.Errorf("writing the module: %w", err)
	}
	var files []kernelFile
	for _, dir := range []string{from, filepath.Join(from, "goker")} {
		main, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil {
			return nil, fmt.Errorf("reading the kernels: %w", err)
		}
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, fmt.Errorf("listing the kernels: %w", err)
		}
		for _, source := range sources {
			base := filepath.Base(source)
			if base == "main.go" {
				continue
			}
			text, err := os.ReadFile(source)
			if err != nil {
				return nil, fmt.Errorf("reading a kernel: %w", err)
			}
			name := strings.TrimSuffix(base, ".go")
			pkg := filepath.Join(module, name)
			if err := os.MkdirAll(pkg, 0o755); err != nil {
				return nil, fmt.Errorf("making a package: %w", err)
			}
			f := kernelFile{name: name, path: filepath.Join(pkg, base), lines: strings.Split(string(text), "\n")}
			for path, data := range map[string][]byte{f.path: text, filepath.Join(pkg, "main.go"): main} {
				if err := os.WriteFile(path, data, 0o644); err != nil {
					return nil, fmt.Errorf("copying a kernel: %w", err)
				}
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// check runs every rule over the module.
func check(ctx context.Context, module, cache string) ([]diagnostics.Finding, error) {
	c, err := checker.New(checker.Options{Dir: module, All: true, CacheDir: cache})
	if err != nil {
		return nil, err
	}
	result, err := c.Run(ctx)
	err = errors.Join(err, c.Close())
	if err != nil {
		return nil, err
	}
	if lost := c.Stats().Lost; len(lost) > 0 {
		return nil, fmt.Errorf("%d functions were lost: %s", len(lost), lost[0])
	}
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("the kernels don't load: %s", result.Errors[0].Message)
	}
	return slices.DeleteFunc(result.Findings, func(f diagnostics.Finding) bool { return filepath.Base(f.Range.File) == "main.go" }), nil
}
