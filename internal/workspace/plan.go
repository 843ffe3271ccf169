package workspace

import (
	"encoding/gob"
	"errors"
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// plan is the order in which analyzers run on a package.
type plan struct {
	err   error
	root  *analysis.Analyzer
	full  []*analysis.Analyzer // Root and all that it requires, in order
	facts []*analysis.Analyzer // those with facts and all that they require
}

func newPlan(root *analysis.Analyzer) *plan {
	p := &plan{root: root}
	if root == nil {
		p.err = errors.New("no analyzer to run")
		return p
	}
	if p.err = analysis.Validate([]*analysis.Analyzer{root}); p.err != nil {
		return p
	}
	p.full = order([]*analysis.Analyzer{root})
	var producers []*analysis.Analyzer
	for _, a := range p.full {
		if len(a.FactTypes) > 0 {
			producers = append(producers, a)
		}
		for _, f := range a.FactTypes {
			gob.Register(f)
		}
	}
	p.facts = order(producers)
	return p
}

// order returns roots and all that they require, requirements first.
func order(roots []*analysis.Analyzer) []*analysis.Analyzer {
	var out []*analysis.Analyzer
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(*analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, r := range a.Requires {
			visit(r)
		}
		out = append(out, a)
	}
	for _, a := range roots {
		visit(a)
	}
	return out
}

// names identify the plan in cache keys.
func (p *plan) names() []string {
	var names []string
	for _, a := range p.full {
		names = append(names, a.Name)
		for _, f := range a.FactTypes {
			names = append(names, reflect.TypeOf(f).String())
		}
	}
	return names
}
