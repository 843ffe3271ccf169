package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ctxls/ctxls/diagnostics"
)

//go:embed culprits.txt
var culprits string

// culprit is a line that a finding should name.
type culprit struct {
	kernel, class, function, text, reason string
}

// parse reads the list of culprits.
func parse(list string) ([]culprit, error) {
	var out []culprit
	for i, line := range strings.Split(list, "\n") {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != 5 {
			return nil, fmt.Errorf("line %d of the culprits has %d fields, want 5", i+1, len(f))
		}
		c := culprit{f[0], f[1], f[2], f[3], f[4]}
		if !slices.Contains([]string{"channel", "context", "lock", "also"}, c.class) {
			return nil, fmt.Errorf("line %d of the culprits: unknown class %q", i+1, c.class)
		}
		out = append(out, c)
	}
	return out, nil
}

// outcome is what the findings say of one kernel.
type outcome struct {
	kernel, class string
	named         []diagnostics.Finding // at a culprit
	also          []diagnostics.Finding // at something else that is known to be wrong
	other         []diagnostics.Finding // at a place that nobody has called wrong
}

type table []*outcome

// measure compares the findings with the culprits.
func measure(files []kernelFile, expected []culprit, findings []diagnostics.Finding) (table, error) {
	var t table
	byName := make(map[string]*outcome)
	for _, c := range expected {
		if byName[c.kernel] == nil && c.class != "also" {
			byName[c.kernel] = &outcome{kernel: c.kernel, class: c.class}
			t = append(t, byName[c.kernel])
		}
	}
	paths := make(map[string]kernelFile)
	for _, f := range files {
		paths[f.path] = f
		if err := present(f, expected); err != nil {
			return nil, err
		}
	}
	for _, found := range findings {
		f, ok := paths[found.Range.File]
		if !ok {
			return nil, fmt.Errorf("a finding in %s, which is no kernel", found.Range.File)
		}
		o, class := place(f, expected, found)
		if byName[o] == nil {
			if !slices.ContainsFunc(expected, func(c culprit) bool { return c.kernel == f.name || strings.HasPrefix(c.kernel, f.name+".") }) {
				continue // a file that isn't measured
			}
			byName[o] = &outcome{kernel: o, class: "-"}
			t = append(t, byName[o])
		}
		switch out := byName[o]; class {
		case "":
			out.other = append(out.other, found)
		case "also":
			out.also = append(out.also, found)
		default:
			out.named = append(out.named, found)
		}
	}
	return t, nil
}

// place finds the kernel of a finding and the class of the culprit that it
// names, if any.
func place(f kernelFile, expected []culprit, found diagnostics.Finding) (kernel, class string) {
	kernel = f.name
	line := f.lines[found.Range.Start.Line-1]
	for _, c := range expected {
		if c.kernel != f.name && !strings.HasPrefix(c.kernel, f.name+".") {
			continue
		}
		if (c.function == "*" || c.function == f.short(found.Function)) && strings.Contains(line, c.text) {
			return c.kernel, c.class
		}
	}
	return kernel, ""
}

// short is a function's name without the kernel's, which they carry to live in
// one package.
func (f kernelFile) short(function string) string {
	return strings.ReplaceAll(function, "_"+f.name, "")
}

// present complains about culprits that the kernel doesn't have.
func present(f kernelFile, expected []culprit) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, f.path, nil, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing a kernel: %w", err)
	}
	for _, c := range expected {
		if c.kernel != f.name && !strings.HasPrefix(c.kernel, f.name+".") {
			continue
		}
		found := false
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || c.function != "*" && c.function != f.short(nameOf(fn)) {
				continue
			}
			first, last := fset.Position(fn.Pos()).Line, fset.Position(fn.End()).Line
			for _, line := range f.lines[first-1 : last] {
				found = found || strings.Contains(line, c.text)
			}
		}
		if !found {
			return fmt.Errorf("%s has no line %q in %s", c.kernel, c.text, c.function)
		}
	}
	return nil
}

// nameOf names a function as findings do.
func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	switch t := fn.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		if id, ok := t.X.(*ast.Ident); ok {
			return "(*" + id.Name + ")." + fn.Name.Name
		}
	case *ast.Ident:
		return t.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// write prints a line for each kernel, and the totals.
func (t table) write(out io.Writer, all bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kernel\tclass\tnamed by\tother true\tfalse")
	total, named := make(map[string]int), make(map[string]int)
	wrong := 0
	for _, o := range t {
		if o.class != "-" {
			total[o.class]++
			if len(o.named) > 0 {
				named[o.class]++
			}
		}
		wrong += len(o.other)
		by := rules(o.named)
		if by == "" {
			by = "–"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.kernel, o.class, by, rules(o.also), rules(o.other))
		if all {
			for _, list := range [][]diagnostics.Finding{o.named, o.also, o.other} {
				for _, f := range list {
					fmt.Fprintf(w, "\t\t%d: %s %s: %s\n", f.Range.Start.Line, f.Severity, f.Rule, f.Message)
				}
			}
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	sum, hits := 0, 0
	for _, class := range []string{"context", "channel", "lock"} {
		fmt.Fprintf(out, "%s: %d of %d kernels\n", class, named[class], total[class])
		sum, hits = sum+total[class], hits+named[class]
	}
	_, err := fmt.Fprintf(out, "all: %d of %d kernels, %d findings elsewhere\n", hits, sum, wrong)
	if err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// rules lists the rules of some findings.
func rules(findings []diagnostics.Finding) string {
	var names []string
	for _, f := range findings {
		name := f.Rule
		if f.Severity.String() != "warning" {
			name += " (" + f.Severity.String() + ")"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
