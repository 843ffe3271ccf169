//go:build unix

package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Environments in which the go command takes a module: with what it can
// download, and with what the module brings along.
var (
	online   = []string{"GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false"}
	vendored = []string{"GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=-mod=vendor -buildvcs=false"}
)

// module makes sure that dir is a module, and returns the environments to
// try, the best one first.
func module(root, dir string, g *group) ([][]string, error) {
	if g.gomod == "" {
		return makeModule(root, g.repo)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return nil, errors.New("skipped: no module")
	}
	if isFolder(filepath.Join(dir, "vendor")) {
		return [][]string{vendored, online}, nil
	}
	return [][]string{online}, nil
}

// makeModule makes a module of a project from before modules.
func makeModule(root, repo string) ([][]string, error) {
	vendor, inCmd := filepath.Join(root, "vendor"), filepath.Join(root, "cmd", "vendor")
	if isFolder(inCmd) && !isFolder(vendor) { // an early habit
		if err := os.Rename(inCmd, vendor); err != nil {
			return nil, fmt.Errorf("making a module: %w", err)
		}
	}
	// The go command takes a vendor folder without a list for what it is in
	// modules of a version that had no such list.
	version, env := "1.21", online
	if isFolder(vendor) {
		version, env = "1.13", vendored
	}
	file := filepath.Join(root, "go.mod")
	if _, err := os.Stat(file); err == nil { // made by an earlier run
		return [][]string{env}, nil
	}
	importPath, err := guessPath(root, repo)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("module %s\n\ngo %s\n", importPath, version)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("making a module: %w", err)
	}
	return [][]string{env}, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// guessPath finds the import path of a project from before modules: the one
// that its own files name its folders by.
func guessPath(root, repo string) (string, error) {
	votes := make(map[string]int)
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "vendor" || d.Name() == "testdata" || d.Name() == "Godeps"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ImportsOnly)
		if err != nil {
			return nil // not every file is meant to parse
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			// The longest rest of the path that is a folder of the project.
			for prefix, rest, ok := cut(imported, 0); ok; prefix, rest, ok = cut(imported, len(prefix)+1) {
				if strings.Contains(prefix, "/") && isFolder(filepath.Join(root, rest)) {
					votes[prefix]++
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading the imports: %w", err)
	}
	best := path.Join("github.com", repo)
	for prefix, n := range votes {
		if n > votes[best] || n == votes[best] && prefix < best {
			best = prefix
		}
	}
	return best, nil
}

// cut splits an import path at its first slash from the given offset on.
func cut(importPath string, from int) (before, after string, ok bool) {
	i := strings.IndexByte(importPath[from:], '/')
	if i < 0 {
		return "", "", false
	}
	return importPath[:from+i], importPath[from+i+1:], true
}
