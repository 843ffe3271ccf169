package flow

import (
	"go/types"
	"slices"
	"strings"
)

// standardRoots are the first elements of the standard library's import paths.
var standardRoots = []string{
	"archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed", "encoding", "errors",
	"expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime", "net", "os",
	"path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall", "testing",
	"text", "time", "unicode", "unique", "unsafe", "vendor", "weak",
}

// isStandard reports whether a package is of the standard library. Its
// functions wait where their contract says so (a pipe for its other end, a
// server for its clients), not because somebody forgot to answer.
func isStandard(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	root, _, _ := strings.Cut(pkg.Path(), "/")
	return slices.Contains(standardRoots, root)
}
