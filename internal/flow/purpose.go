package flow

import (
	"go/ast"
	"go/types"
	"regexp"
)

// meant matches comments that give a reason for a root.
var meant = regexp.MustCompile(`(?i)detach|background|outliv|independent|regardless|intentional|deliberate|on purpose|decouple|lifetime|lifecycle|surviv|\bfresh\b|\b(own|separate|different|another|new) (ctx|context) (so|to|as|that|because|since)\b|\balways\b|on shutdown|\bcontinu(e|es|ing) (even )?(when|if|although|though|while)\b|even (if|when|after)|(not|n['’]t) (be |get )?(cancel|abort|propagat|bound|inherit|tie)|n['’]t (want|wish)\W+(\w+\W+){0,3}?cancell?ed\b|nolint:.*\b(contextcheck|all)\b`)

var nolint = regexp.MustCompile(`^// ?nolint:.*\b(contextcheck|all)\b`)

var novet = regexp.MustCompile(`^// ?nolint:.*\b(govet|lostcancel|all)\b`)

// NolintVet reports whether a comment tells vet, which reports some lost
// cancels too, to leave what begins on its line or the next one alone.
func NolintVet(comment string) bool { return novet.MatchString(comment) }

// Nolint reports whether a comment tells another linter to leave contexts
// alone, in all that begins on its line.
func Nolint(comment string) bool { return nolint.MatchString(comment) }

// rootCall matches how comments write a root; that alone says nothing.
var rootCall = regexp.MustCompile(`context\\*\.(Background|TODO)`)

// because matches words by which a comment that mentions a root defends it.
var because = regexp.MustCompile(`(?i)\b(because|instead of|rather than|to avoid|otherwise|must|should(n't| not| still)|therefore|here as|, as|so (that|it)|, so (we|i|this|the|they|use|pass))\b`)

// SaysWhy reports whether a comment says that a context is left out on
// purpose.
func SaysWhy(comment string) bool {
	if complains.MatchString(rootCall.ReplaceAllString(comment, "")) && !wanted.MatchString(comment) {
		return false
	}
	return meant.MatchString(rootCall.ReplaceAllString(comment, "")) || rootCall.MatchString(comment) && because.MatchString(comment) ||
		leftOut.MatchString(comment) && reason.MatchString(comment) || setApart(comment)
}

// setApart reports whether a comment says of a context, and not for want of
// something better, that it is left out.
func setApart(comment string) bool {
	return notThis.MatchString(rootCall.ReplaceAllString(comment, "")) && !complains.MatchString(comment)
}

// notThis matches comments that tell readers to leave a context out, or what it
// is for instead.
var notThis = regexp.MustCompile(`(?i)\b(not|never|avoid)\W+(using|use|pass|passing|share|sharing|reuse|reusing)\W+((the|a|an|this|that|our|same|shared|parent|caller['’]?s|request|incoming)\W+){0,3}\w*(ctx|context)\b|\bdon['’]t (use|share|reuse|care about)\W+(\w+\W+){0,3}?\w*(ctx|contexts?)\b|\b(ctx|context)( \w+)? (is|are) only (used )?for (logging|values|tracing)`)

// complains matches comments that wish a context weren't left out; wanted those
// that say all the same that it is meant.
var (
	complains = regexp.MustCompile(`(?i)\b(todo|fixme|xxx|hack|unfortunately)\b`)
	wanted    = regexp.MustCompile(`(?i)intentional|deliberate|on purpose|nolint`)
)

// leftOut matches comments which say that a context isn't used. That alone may
// be a complaint.
var leftOut = regexp.MustCompile(`(?i)(\b(not|never|without|avoid)|n['’]t)\W+((want(ing)? )?to )?(us|pass|reus|inherit|forward|propagat)(e|ing)?\W+(\w+\W+){0,3}?\w*(ctx|context)\b|\b(instead of|rather than)\W+(\w+\W+){0,3}?\w*(ctx|context)\b`)

// reason matches words that lead from what is done to why.
var reason = regexp.MustCompile(`(?i)\b(because|since|so that|to avoid|otherwise)\b|, (as|so (we|i|it|this|the|use|pass))\b`)

// apart matches comments that set work apart from what the function is called
// with.
var apart = regexp.MustCompile(`(?i)\b(independent|regardless|irrespective|detached|decoupled) (of|from) (the |its |this |our )?((\w+ )?(ctx|context)|request)\b`)

// DefendsRoot reports whether a comment names a root and says why it is one, or
// says that something goes on without the context.
func DefendsRoot(comment string) bool {
	return rootCall.MatchString(comment) && SaysWhy(comment) || apart.MatchString(comment) || setApart(comment)
}

var (
	enders   = regexp.MustCompile(`^(?i:(async)?((close|stop|quit|shut_?down|clean_?up|teardown|rollback|release|unlock|revoke|abort|kill|terminate|disconnect|unregister|deregister|unsubscribe|dispose|destroy|resign|undo|restore|drain|finali[sz]e|finish|reap|purge|leave|goodbye|exit)(e?[dr]|s|all)?|(clos|stopp|releas|unlock|revok|abort|kill|terminat|disconnect|unregister|deregister|unsubscrib|dispos|destroy|restor|drain|finali[sz]|finish|reap|purg|leav|exit)(ing|ed|er)|(shutting|tearing)_?down|cleaning_?up))($|[^a-z])`)
	starters = regexp.MustCompile(`(?i)^(start|run|serve|watch|subscribe|listenand|register|init|loop|monitor|keepalive|spawn|launch|go|bootstrap|main|background|bg|async|schedule|enqueue|submit|with)`)
	setters  = regexp.MustCompile(`^(?i:start|serve|watch|subscribe|monitor|spawn|launch|schedule)($|[A-Z0-9_])`)
	makers   = regexp.MustCompile(`^(Must)?(New|Open|Dial|Connect|Build|Setup|SetUp|Make|Default\w*(Client|TokenSource|Credentials)$|Create\w*(Client|Pool|Session|Conn|Connection|Server)$)|^(new|open|dial|connect|build|setup)`)
)

// EndsByName reports whether a function by its name ends something, and so
// wants a context that still lives.
func EndsByName(name string) bool { return enders.MatchString(name) }

// StartsByName reports whether a function by its name starts something that
// may live longer than the call, or makes it.
func StartsByName(name string) bool { return starters.MatchString(name) || MakesByName(name) }

// MakesByName reports whether a function by its name makes something that may
// live longer than the call.
func MakesByName(name string) bool { return makers.MatchString(name) }

// SetsOffByName reports whether a function by its name starts something that
// goes on after the call.
func SetsOffByName(name string) bool { return setters.MatchString(name) }

// ContextVariable is the name of the context variable that a value ends in: that
// of the assignment around it, the innermost node first; else it is empty.
func ContextVariable(info *types.Info, path []ast.Node) string {
	name := func(x ast.Expr) string {
		id, ok := x.(*ast.Ident)
		if !ok {
			return ""
		}
		if obj := info.ObjectOf(id); obj == nil || !IsContextLike(obj.Type()) {
			return ""
		}
		return id.Name
	}
	for _, n := range path {
		switch n := n.(type) {
		case *ast.AssignStmt:
			return name(n.Lhs[0])
		case *ast.ValueSpec:
			return name(n.Names[0])
		case ast.Stmt, *ast.FuncLit, *ast.FuncDecl:
			return ""
		}
	}
	return ""
}

var ownLife = regexp.MustCompile(`(?i)cleanup|shutdown|^bg|background|detach|drain|rollback|teardown|clos(e|ing)|stop|grace|final|flush|root|^base`)

// OwnLifeByName reports whether a variable's name says that it holds a context
// of its own.
func OwnLifeByName(name string) bool { return name != "" && ownLife.MatchString(name) }

// detached matches what the comment of a function says of the context that it
// works under.
var detached = regexp.MustCompile(`(?i)\b(detached|decoupled|independent)\b(\W+\w+){0,4}\W+(ctx|context)\b`)
