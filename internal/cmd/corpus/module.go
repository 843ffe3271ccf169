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

// module makes sure that dir is a module, and returns the environment in
// which the go command takes it.
func module(root, dir string, g *group) ([]string, error) {
	env := []string{"GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false"}
	vendored := append(env[:2:2], "GOFLAGS=-mod=vendor -buildvcs=false")
	switch _, err := os.Stat(filepath.Join(dir, "go.mod")); {
	case err == nil && g.gomod != "":
		return env, nil
	case err == nil: // made by an earlier run
		if isFolder(filepath.Join(root, "vendor")) {
			return vendored, nil
		}
		return env, nil
	case g.gomod != "":
		return nil, errors.New("skipped: no module")
	}
	importPath, err := guessPath(root, g.repo)
	if err != nil {
		return nil, err
	}
	// The go command takes a vendor folder without a list for what it is in
	// modules of a version that had no such list.
	version := "1.21"
	if isFolder(filepath.Join(root, "vendor")) {
		version, env = "1.13", vendored
	}
	text := fmt.Sprintf("module %s\n\ngo %s\n", importPath, version)
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("making a module: %w", err)
	}
	return env, nil
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
