package rule

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"log/slog"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/internal/flow"
)

// Result is what a rule's analyzer returns for one package, or for the files of
// it that the engine's focus is on.
type Result struct {
	Findings []Finding
	Panics   []string // functions that were lost or cut, with the reason

	rule   *Rule
	engine *analysis.Analyzer
	looked []bool        // by index of the function
	parts  map[int]*part // likewise, of those that something is said of
	once   map[any]any
}

// part is what a rule says of one function.
type part struct {
	findings []Finding
	caused   []caused
	panics   []string
	once     map[any]any // see Once; shared by all
}

// Once returns what f does for the key, which it does once for all functions of
// the package. Keys of different types don't meet; a rule that needs two things
// of one key makes types of its own.
func Once[K comparable, V any](p *Pass, key K, f func() V) V {
	if known, ok := p.said.once[key]; ok {
		return known.(V)
	}
	v := f()
	if p.said.once == nil {
		p.said.once = make(map[any]any)
	}
	p.said.once[key] = v
	return v
}

// Analyzer makes the analyzer of a rule. It reports every finding, whatever
// its severity and without regard to the other rules: arbitration and
// suppression are for package diagnostics.
func Analyzer(r *Rule) *analysis.Analyzer { return AnalyzerOn(r, flow.Analyzer) }

// AnalyzerOn is [Analyzer] on top of another engine; see [flow.NewAnalyzer].
func AnalyzerOn(r *Rule, engine *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       r.Name,
		Doc:        r.Name + ": " + r.Title + "\n\n" + r.Summary(),
		URL:        r.URL(),
		Requires:   []*analysis.Analyzer{engine, sourcesAnalyzer},
		ResultType: reflect.TypeFor[*Result](),
		Run: func(pass *analysis.Pass) (any, error) {
			return (&Result{rule: r, engine: engine, once: make(map[any]any)}).run(pass)
		},
	}
}

// Resume looks at the functions that were out of focus when r was made. What r
// says stays as it is; the result says all.
func (r *Result) Resume(pass *analysis.Pass) (any, error) {
	next := *r
	next.looked, next.parts = slices.Clone(r.looked), maps.Clone(r.parts)
	return next.run(pass)
}

// run checks the functions in focus that weren't looked at yet.
func (r *Result) run(pass *analysis.Pass) (any, error) {
	pkg := pass.ResultOf[r.engine].(*flow.Package)
	pkg.Lock()
	defer pkg.Unlock()
	generated := make(map[*ast.File]bool) // whose findings nobody is shown
	for _, f := range pass.Files {
		generated[f] = ast.IsGenerated(f)
	}
	if r.looked == nil {
		r.looked, r.parts = make([]bool, len(pkg.Funcs)), make(map[int]*part)
	}
	said := &part{once: r.once}
	for i, fn := range pkg.Funcs {
		if pkg.Interrupted() {
			return nil, errors.New("nobody wants to know any more")
		}
		if r.looked[i] || !pkg.InFocus(fn.File) || fn.TooLarge() || generated[fn.File] {
			continue // of the large ones the engine tells
		}
		r.looked[i] = true
		check(&Pass{Pass: pass, Rule: r.rule, Flow: pkg, Func: fn, said: said})
		if len(said.findings)+len(said.caused)+len(said.panics) > 0 {
			r.parts[i], said = said, &part{once: r.once}
		}
	}
	r.gather(pass)
	return r, nil
}

// gather puts together what was said of the functions, in their order.
func (r *Result) gather(pass *analysis.Pass) {
	r.Findings, r.Panics = nil, nil
	var all []caused
	for _, i := range slices.Sorted(maps.Keys(r.parts)) {
		p := r.parts[i]
		r.Findings = append(r.Findings, p.findings...)
		r.Panics = append(r.Panics, p.panics...)
		all = append(all, p.caused...)
	}
	r.Findings = append(r.Findings, join(pass, all)...)
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Range.File, b.Range.File), cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset))
	})
}

// check runs the rule on one function; a panic loses that function alone.
func check(p *Pass) {
	defer func() {
		if r := recover(); r != nil {
			lost := fmt.Sprintf("%s: %s.%s: panic: %v", p.Rule.Name, p.Pkg.Path(), p.Func.Name(), r)
			slog.Error("a rule failed on a function", "what", lost, "stack", string(debug.Stack()))
			p.said.panics = append(p.said.panics, lost)
		}
	}()
	p.Rule.Check(p)
}
