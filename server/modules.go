package server

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// moduleRoot returns the folder of the go.mod that holds for the folder, "" if
// there is none.
func moduleRoot(dir string) string { return holder(dir, "go.mod") }

// workFile returns the go.work that holds for a folder, "" if none does.
func workFile(dir string) string {
	switch env := os.Getenv("GOWORK"); env {
	case "":
	case "off":
		return ""
	default:
		return env
	}
	if root := holder(dir, "go.work"); root != "" {
		return filepath.Join(root, "go.work")
	}
	return ""
}

// holder is the nearest folder from dir upwards that has the file, "" if none
// has.
func holder(dir, name string) string {
	for {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// leftOut reports whether a go.work holds for a module and doesn't list it: the
// go command loads nothing of it then.
func leftOut(module string) bool {
	file := workFile(module)
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	work, err := modfile.ParseWork(file, text, nil)
	if err != nil {
		return false
	}
	own, err := os.Stat(module)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(work.Use, func(use *modfile.Use) bool {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		info, err := os.Stat(dir)
		return err == nil && os.SameFile(info, own)
	})
}

var standardModule = regexp.MustCompile(`(?m)^module (std|cmd)\s*$`)

// foreign reports whether the module was installed rather than written here:
// it lies in the module cache or is a part of Go.
func foreign(module string) bool {
	if strings.Contains(filepath.Base(module), "@v") {
		return true
	}
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	return err == nil && standardModule.Match(text)
}

// nestedModules finds the modules below a folder, itself excluded, in the
// places where the go command would look for packages.
func nestedModules(ctx context.Context, folder string) ([]string, error) {
	const most = 50_000 // entries; somebody may open a whole home folder
	var modules []string
	seen := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if seen++; seen > most {
			return fs.SkipAll
		}
		if err != nil {
			if entry != nil && entry.IsDir() {
				return fs.SkipDir // not for us to read
			}
			return nil
		}
		switch {
		case entry.IsDir():
			if path != folder && ignoredFolder(entry.Name()) {
				return fs.SkipDir
			}
		case entry.Name() == "go.mod" && filepath.Dir(path) != folder:
			modules = append(modules, filepath.Dir(path))
		}
		return nil
	})
	return modules, err
}

// ignoredFolder reports whether patterns like ./... leave the folder out.
func ignoredFolder(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
		name == "testdata" || name == "vendor" || name == "node_modules"
}

// hidden reports whether the folder is in a part of another one that patterns
// leave out.
func hidden(dir, within string) bool {
	rel, err := filepath.Rel(within, dir)
	return err != nil || slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), func(name string) bool {
		return name != "." && ignoredFolder(name)
	})
}

// below reports whether path is dir or lies in it.
func below(path, dir string) bool {
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
