package flow

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Options are what a user adds to the model: functions by their full names,
// such as "example.com/queue.Wait" or "example.com/queue.(*Queue).Pop".
type Options struct {
	Blocking []string // a call can wait for ever, unless it is given a context
	Joins    []string // a call waits for goroutines that were launched before it
}

// Key names the options: two that mean the same have the same.
func (o Options) Key() string {
	norm := func(names []string) []string {
		var out []string
		for _, name := range names {
			out = append(out, fullNames(name)...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	blocking, joins := norm(o.Blocking), norm(o.Joins)
	if len(blocking)+len(joins) == 0 {
		return ""
	}
	return fmt.Sprintf("blocking %q joins %q", blocking, joins)
}

// ValidName reports whether name can be the full name of a function.
func ValidName(name string) bool {
	names := fullNames(name)
	last := names[len(names)-1]
	i := strings.LastIndexByte(last, '.')
	return i > 0 && token.IsIdentifier(last[i+1:]) && !strings.ContainsAny(last, " \t\"'")
}

// fullNames returns the keys that a name of a function can stand for. Methods
// may be written as go/types prints them, "(*path.T).M", as stack traces do,
// "path.(*T).M", or as "path.T.M" whatever their receivers.
func fullNames(name string) []string {
	if strings.HasPrefix(name, "(") {
		return []string{name}
	}
	if i := strings.Index(name, ".("); i >= 0 { // path.(*T).M
		star := ""
		rest := name[i+2:]
		if strings.HasPrefix(rest, "*") {
			star, rest = "*", rest[1:]
		}
		return []string{"(" + star + name[:i] + "." + rest}
	}
	names := []string{name}
	slash := strings.LastIndexByte(name, '/') + 1
	if last := strings.LastIndexByte(name, '.'); last > slash && strings.Contains(name[slash:last], ".") {
		names = append(names, "("+name[:last]+")"+name[last:], "(*"+name[:last]+")"+name[last:])
	}
	return names
}

// NewAnalyzer returns an analyzer as [Analyzer] that knows the user's
// functions too. Analyzers of different options must not share a cache; see
// [Options.Key].
func NewAnalyzer(o Options) *analysis.Analyzer {
	user := userModel{blocking: nameSet(o.Blocking), joins: nameSet(o.Joins)}
	return &analysis.Analyzer{
		Name:       "ctxflow",
		Doc:        "ctxflow: function summaries for the rules of ctxls",
		Run:        func(pass *analysis.Pass) (any, error) { return run(pass, user) },
		ResultType: reflect.TypeFor[*Package](),
		FactTypes:  []analysis.Fact{new(PackageSummary)},
	}
}

// userModel is the user's part of the model, by the keys of functions. It is
// read only.
type userModel struct{ blocking, joins map[string]bool }

func nameSet(names []string) map[string]bool {
	set := make(map[string]bool)
	for _, name := range names {
		for _, key := range fullNames(name) {
			set[key] = true
		}
	}
	return set
}

// userBlocks reports whether the user says that a call of fn can wait for
// ever. What takes a context is taken to listen to it.
func (p *Package) userBlocks(fn *types.Func) bool {
	if len(p.user.blocking) == 0 || fn == nil || !p.user.blocking[funcKey(fn)] {
		return false
	}
	for v := range fn.Signature().Params().Variables() {
		if IsContext(v.Type()) {
			return false
		}
	}
	return true
}

// userJoin reports whether the user says that fn waits for goroutines.
func (p *Package) userJoin(fn *types.Func) bool {
	return len(p.user.joins) > 0 && fn != nil && p.user.joins[funcKey(fn)]
}
