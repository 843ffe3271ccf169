package ctxvariant

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// variant is what a function has in place of itself for callers with a
// context.
type variant struct {
	name    string // for messages
	hint    bool
	safe    bool
	request bool // makes a request, which may get its context later
	process bool // makes a command
	waits   bool // blocks only if its options say so
	fix     func(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool)
}

// variantOf finds the variant of fn: by hand for those of the standard
// library that are named otherwise, else among its type's methods or its
// package's functions.
func variantOf(pass *rule.Pass, fn *types.Func) *variant {
	return rule.Once(pass, fn, func() *variant { return findVariant(pass, fn) })
}

func findVariant(pass *rule.Pass, fn *types.Func) *variant {
	if v := standard[fn.FullName()]; v != nil {
		return v
	}
	sibling := pass.Flow.ContextSibling(fn)
	if sibling == nil {
		return nil
	}
	name := sibling.Name()
	if sibling.Signature().Recv() == nil && sibling.Pkg() != pass.Pkg {
		name = sibling.Pkg().Name() + "." + name
	}
	long := latency(pass, fn)
	v := &variant{name: name, hint: long == flow.LatencyAssumed, fix: rename(sibling.Name())}
	switch {
	case fn.FullName() == "(*github.com/spf13/cobra.Command).Execute":
		return nil // what it runs can have a context all the same
	case codes(fn):
		v.hint = true
	case tells(fn):
		v.hint = true
		v.safe = fn.Pkg().Path() == "log/slog"
	case long == flow.LatencyNone, !hears(pass, sibling):
		return nil
	}
	v.waits = fn.FullName() == "google.golang.org/grpc.Dial"
	v.request = fn.FullName() == "net/http.NewRequest"
	v.process = fn.FullName() == "os/exec.Command"
	return v
}

// latency says whether the short form can take long: by its summary, or because
// it is a method of an interface, whose body nobody sees, and can fail.
func latency(pass *rule.Pass, fn *types.Func) flow.Latency {
	switch {
	case fn.FullName() == "net/http.NewRequest", fn.FullName() == "os/exec.Command", flow.Blocking(fn):
		return flow.LatencySeen // or what they make does
	}
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) && mayFail(fn) && !pass.Flow.OnlyComputes(fn) {
		return flow.LatencySeen
	}
	if s := pass.Flow.SummaryOf(fn); s != nil {
		return s.Latency
	}
	return flow.LatencyNone
}

// mayFail reports whether a function returns nothing, or an error at last: one
// that returns only something to go on with hardly blocks.
func mayFail(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() == 0 || types.Identical(results.At(results.Len()-1).Type(), types.Universe.Lookup("error").Type())
}

// hears reports whether the sibling does something about the end of its
// context, as far as can be seen.
func hears(pass *rule.Pass, sibling *types.Func) bool {
	param := 0
	if sibling.Signature().Recv() != nil {
		param = 1
	}
	return pass.Flow.SummaryOf(sibling).ContextNeed(param).Hears()
}

var teller = regexp.MustCompile(`^(Debug|Info|Warn|Warning|Error|Log|Print|Fatal|Panic|Trace)(f|w|ln|With|Fields|Depth)?$`)

var coder = regexp.MustCompile(`^(Marshal|Unmarshal|Encode|Decode)(Indent|NoEscape|WithOption)?$`)

// codes reports whether a function by its name writes a value in another form, or
// reads one from it: its context may be for what the value's own methods do.
func codes(fn *types.Func) bool { return coder.MatchString(fn.Name()) }

// tells reports whether a function logs: it needs a context for the values
// in it.
func tells(fn *types.Func) bool {
	return fn.Pkg() != nil && fn.Pkg().Path() == "log/slog" || teller.MatchString(fn.Name()) || flow.OnlyTells(fn) ||
		strings.HasSuffix(flow.ReceiverName(fn), "Logger") && !flow.EndsByName(fn.Name()) && fn.Name() != "Flush" && fn.Name() != "Sync"
}

// rename calls the sibling, with the context first.
func rename(sibling string) func(*rule.Pass, *ast.CallExpr, string) ([]analysis.TextEdit, bool) {
	return func(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
		var id *ast.Ident
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			id = fun
		case *ast.SelectorExpr:
			id = fun.Sel
		default:
			return nil, false
		}
		if fn, ok := pass.TypesInfo.Uses[id].(*types.Func); !ok || !strings.HasPrefix(sibling, fn.Name()) {
			return nil, false // a variable
		}
		return []analysis.TextEdit{pass.Replace(id.Pos(), id.End(), sibling), first(pass, call, ctx)}, true
	}
}

// first inserts the context before the arguments of a call.
func first(pass *rule.Pass, call *ast.CallExpr, ctx string) analysis.TextEdit {
	if len(call.Args) > 0 {
		return pass.Replace(call.Args[0].Pos(), call.Args[0].Pos(), ctx+", ")
	}
	return pass.Replace(call.Lparen+1, call.Lparen+1, ctx)
}

// standard are the functions of the standard library whose variants have
// other names or parameters.
var standard = map[string]*variant{
	"net/http.Get":                {name: "http.NewRequestWithContext and Client.Do"},
	"net/http.Head":               {name: "http.NewRequestWithContext and Client.Do"},
	"net/http.Post":               {name: "http.NewRequestWithContext and Client.Do"},
	"net/http.PostForm":           {name: "http.NewRequestWithContext and Client.Do"},
	"(*net/http.Client).Get":      {name: "http.NewRequestWithContext and Do"},
	"(*net/http.Client).Head":     {name: "http.NewRequestWithContext and Do"},
	"(*net/http.Client).Post":     {name: "http.NewRequestWithContext and Do"},
	"(*net/http.Client).PostForm": {name: "http.NewRequestWithContext and Do"},
	"(*database/sql.DB).Begin":    {name: "BeginTx", fix: beginTx},
	"(*database/sql.Conn).Begin":  {name: "BeginTx", fix: beginTx},
	"(*database/sql.Tx).Stmt":     {name: "StmtContext", hint: true, fix: rename("StmtContext")},       // prepared before, if on another connection
	"(*database/sql.Tx).Prepare":  {name: "PrepareContext", hint: true, fix: rename("PrepareContext")}, // has its connection, and what is prepared takes a context
	"net.Dial":                    {name: "Dialer.DialContext", fix: through("net", "Dialer", "DialContext", "new(%s)")},
	"net.DialTimeout":             {name: "Dialer.DialContext", fix: dialTimeout},
	"net.DialTCP":                 {name: "Dialer.DialContext"},
	"net.DialUnix":                {name: "Dialer.DialContext"},
	"net.Listen":                  {name: "ListenConfig.Listen", hint: true, fix: through("net", "ListenConfig", "Listen", "new(%s)")},
	"net.ListenPacket":            {name: "ListenConfig.ListenPacket", hint: true, fix: through("net", "ListenConfig", "ListenPacket", "new(%s)")},
	"net.LookupAddr":              {name: "Resolver.LookupAddr", fix: through("net", "DefaultResolver", "LookupAddr", "%s")},
	"net.LookupCNAME":             {name: "Resolver.LookupCNAME", fix: through("net", "DefaultResolver", "LookupCNAME", "%s")},
	"net.LookupHost":              {name: "Resolver.LookupHost", fix: through("net", "DefaultResolver", "LookupHost", "%s")},
	"net.LookupIP":                {name: "Resolver.LookupIP", fix: lookupIP},
	"net.LookupMX":                {name: "Resolver.LookupMX", fix: through("net", "DefaultResolver", "LookupMX", "%s")},
	"net.LookupNS":                {name: "Resolver.LookupNS", fix: through("net", "DefaultResolver", "LookupNS", "%s")},
	"net.LookupSRV":               {name: "Resolver.LookupSRV", fix: through("net", "DefaultResolver", "LookupSRV", "%s")},
	"net.LookupTXT":               {name: "Resolver.LookupTXT", fix: through("net", "DefaultResolver", "LookupTXT", "%s")},
	"crypto/tls.Dial":             {name: "Dialer.DialContext", fix: tlsDial},
	"crypto/tls.DialWithDialer":   {name: "Dialer.DialContext"},
	"net/smtp.Dial":               {name: "net.Dialer.DialContext and smtp.NewClient"},
}

// through replaces pkg.F(args) by a method of a value of the same package.
func through(path, member, method, format string) func(*rule.Pass, *ast.CallExpr, string) ([]analysis.TextEdit, bool) {
	return func(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
		if !direct(pass, call) {
			return nil, false
		}
		name, edits := pass.Qualify(call.Pos(), path, member)
		fun := strings.Replace(format, "%s", name, 1) + "." + method
		return append(edits, pass.Replace(call.Fun.Pos(), call.Fun.End(), fun), first(pass, call, ctx)), true
	}
}

// direct reports whether a call names the function itself.
func direct(pass *rule.Pass, call *ast.CallExpr) bool {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		_, ok := pass.TypesInfo.Uses[fun].(*types.Func)
		return ok
	case *ast.SelectorExpr:
		_, ok := pass.TypesInfo.Uses[fun.Sel].(*types.Func)
		return ok
	}
	return false
}

func beginTx(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	return []analysis.TextEdit{pass.Replace(sel.Sel.Pos(), call.End(), "BeginTx("+ctx+", nil)")}, true
}

func lookupIP(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
	return through("net", "DefaultResolver", "LookupIP", "%s")(pass, call, ctx+`, "ip"`)
}

func dialTimeout(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
	if len(call.Args) != 3 || !direct(pass, call) {
		return nil, false
	}
	dialer, edits := pass.Qualify(call.Pos(), "net", "Dialer")
	fun := "(&" + dialer + "{Timeout: " + pass.Source(call.Args[2]) + "}).DialContext"
	return append(edits,
		pass.Replace(call.Fun.Pos(), call.Fun.End(), fun), first(pass, call, ctx),
		pass.Replace(call.Args[1].End(), call.Rparen, ""),
	), true
}

func tlsDial(pass *rule.Pass, call *ast.CallExpr, ctx string) ([]analysis.TextEdit, bool) {
	if len(call.Args) != 3 || !direct(pass, call) {
		return nil, false
	}
	dialer, edits := pass.Qualify(call.Pos(), "crypto/tls", "Dialer")
	fun := "(&" + dialer + "{Config: " + pass.Source(call.Args[2]) + "}).DialContext"
	return append(edits,
		pass.Replace(call.Fun.Pos(), call.Fun.End(), fun), first(pass, call, ctx),
		pass.Replace(call.Args[1].End(), call.Rparen, ""),
	), true
}
