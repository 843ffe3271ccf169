package diagnostics

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// TestArrows holds the directions in which packages may know one another:
// cmd → server → diagnostics → internal/flow, and server → internal/workspace.
func TestArrows(t *testing.T) {
	const module = "github.com/ctxls/ctxls/"
	tests := []struct {
		from      string // prefix of the importing package
		forbidden []string
		except    []string
	}{
		{from: "internal/flow", forbidden: []string{module, "go.lsp.dev/", "os", "golang.org/x/tools/go/packages"}, except: []string{module + "internal/flow"}},
		{from: "internal/callsites", forbidden: []string{module, "go.lsp.dev/", "golang.org/x/tools/go/packages"}, except: []string{module + "internal/callsites", module + "internal/flow"}},
		{from: "internal/workspace", forbidden: []string{module + "diagnostics", module + "server", module + "internal/flow", "go.lsp.dev/"}},
		{from: "diagnostics", forbidden: []string{module + "server", module + "internal/workspace", module + "cmd", "go.lsp.dev/"}},
		{from: "internal/report", forbidden: []string{module + "server", module + "cmd", "go.lsp.dev/"}},
		{from: "server", forbidden: []string{module + "cmd", module + "diagnostics/"}, except: []string{module + "diagnostics/rule", module + "diagnostics/story"}},
	}
	imports := make(map[string][]string)
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		imports[p.ImportPath] = p.Imports
	}
	for _, test := range tests {
		seen := false
		for from, paths := range imports {
			if !below(from, module+test.from) {
				continue
			}
			seen = true
			for _, to := range paths {
				if anyBelow(to, test.forbidden) && !anyBelow(to, test.except) {
					t.Errorf("%s must not import %s", from, to)
				}
			}
		}
		if !seen {
			t.Errorf("there is no package %s", test.from)
		}
	}
}

func anyBelow(path string, parents []string) bool {
	for _, p := range parents {
		if below(path, p) {
			return true
		}
	}
	return false
}

// below reports whether path is parent, or below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || strings.HasSuffix(parent, "/") || rest[0] == '/')
}
