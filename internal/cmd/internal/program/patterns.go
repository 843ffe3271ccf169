package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Patterns returns the patterns of all packages of the module in dir, or of
// all modules of a workspace there.
func Patterns(ctx context.Context, dir string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(dir, "go.work")); err != nil {
		return []string{"./..."}, nil
	}
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}")
	list.Dir, list.Stderr = dir, os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the modules of %s: %w", dir, err)
	}
	var patterns []string
	for module := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		rel, err := filepath.Rel(dir, module)
		if err != nil || !filepath.IsLocal(rel) {
			continue // of another project
		}
		patterns = append(patterns, "./"+filepath.ToSlash(filepath.Join(rel, "...")))
	}
	return patterns, nil
}
