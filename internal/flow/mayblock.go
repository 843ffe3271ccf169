package flow

import (
	"go/token"
	"go/types"
	"iter"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Latency says whether a call can take long: reach the network, another
// process, a sleep, a channel or a wait.
type Latency uint8

const (
	LatencyNone    Latency = iota // it can't, as far as is known
	LatencyAssumed                // it calls, on its arguments, methods of interfaces that count on it by their form
	LatencySeen                   // it reaches an operation that does
)

// latency says whether a call of f can take long. Locks and files don't count:
// the first are held for moments, the second no context can interrupt. Nor do
// the channels inside of the runtime, which what names its caller reaches.
func (p *Package) latency(f *Func) Latency {
	longest := LatencyNone
	if path := p.Pass.Pkg.Path(); path == "runtime" || strings.HasPrefix(path, "runtime/") || strings.HasPrefix(path, "internal/runtime/") {
		return longest
	}
	for _, body := range f.Bodies {
		if body != f.SSA && p.launchedInside(body) {
			continue
		}
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if longest = max(longest, p.latencyAt(instr)); longest == LatencySeen {
					return longest
				}
			}
		}
	}
	return longest
}

// launchedInside reports whether a literal runs in a goroutine of its own.
func (p *Package) launchedInside(lit *ssa.Function) bool {
	for body := lit; body.Parent() != nil; body = body.Parent() {
		if len(p.goesFrom(body)) > 0 {
			return true
		}
	}
	return false
}

func (p *Package) latencyAt(instr ssa.Instruction) Latency {
	waits := false
	switch instr := instr.(type) {
	case *ssa.Send:
		waits = true
	case *ssa.UnOp:
		waits = instr.Op == token.ARROW
	case *ssa.Select:
		waits = instr.Blocking
	case *ssa.Call:
		return p.LatencyOf(instr.Common())
	}
	if waits {
		return LatencySeen
	}
	return LatencyNone
}

// CallMayBlock reports whether a call can take long, as far as its callee is
// known.
func (p *Package) CallMayBlock(call *ssa.CallCommon) bool { return p.LatencyOf(call) != LatencyNone }

// LatencyOf says whether a call can take long, as far as its callee is known.
func (p *Package) LatencyOf(call *ssa.CallCommon) Latency {
	fn := Callee(call)
	switch {
	case fn == nil:
		return LatencyNone
	case Blocking(fn):
		return LatencySeen
	case Is(fn, "(*database/sql.Tx).Stmt"):
		return LatencyAssumed // the statement was prepared before, if on another connection
	case !call.IsInvoke():
		s := p.SummaryOf(fn)
		if s == nil {
			return LatencyNone
		}
		own := func(arg ssa.Value) bool { return types.IsInterface(arg.Type()) && comesFrom(arg) == fromReceiver }
		if s.Latency == LatencyAssumed && slices.ContainsFunc(call.Args, own) {
			return LatencySeen // what the receiver works with is no caller's choice
		}
		return s.Latency
	case !worksForContext(call.Method):
	case comesFrom(call.Value) == fromArguments:
		return LatencyAssumed
	default:
		return LatencySeen
	}
	return LatencyNone
}

// provenance says where a value comes from.
type provenance uint8

const (
	fromWithin provenance = iota
	fromReceiver
	fromArguments // what it does is the caller's choice, each time anew
)

// comesFrom says whether a value comes from the arguments of its function, or
// from what the receiver works with.
func comesFrom(v ssa.Value) provenance { return comesBy(v, make(map[ssa.Value]bool)) }

func comesBy(v ssa.Value, seen map[ssa.Value]bool) provenance {
	for v != nil && !seen[v] {
		seen[v] = true
		switch x := v.(type) {
		case *ssa.Parameter:
			fn := x.Parent()
			switch {
			case fn.Parent() != nil:
				return fromWithin // of a literal
			case fn.Signature.Recv() != nil && x == fn.Params[0]:
				return fromReceiver
			}
			return fromArguments
		case *ssa.UnOp:
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.Index:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.TypeAssert:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.Next:
			v = x.Iter
		case *ssa.Range:
			v = x.X
		case *ssa.Call: // what package reflect makes of it is still the same
			fn := Callee(x.Common())
			if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "reflect" || len(x.Call.Args) == 0 {
				return fromWithin
			}
			v = x.Call.Args[0]
		case *ssa.Phi:
			all := fromArguments
			for _, edge := range x.Edges {
				if !seen[edge] {
					all = min(all, comesBy(edge, seen))
				}
			}
			return all
		case *ssa.FreeVar:
			v = bindingOf(x)
		case *ssa.Alloc:
			v = onlyStored(x)
		default:
			return fromWithin
		}
	}
	return fromWithin
}

// OnlyComputes reports whether the package that declares an interface also has
// implementations of it, and the method takes long in none of them.
func (p *Package) OnlyComputes(method *types.Func) bool {
	recv := method.Signature().Recv()
	if recv == nil || method.Pkg() == nil {
		return false
	}
	iface, ok := recv.Type().Underlying().(*types.Interface)
	if !ok {
		return false
	}
	found := false
	for impl := range implementationsIn(method.Pkg(), iface, method.Name()) {
		if impl == nil || !p.analysed(impl) {
			return false
		}
		if s := p.SummaryOf(impl); s != nil && s.Latency != LatencyNone {
			return false
		}
		found = true
	}
	return found
}

// analysed reports whether the package of a function was analysed: without a
// summary nothing of note was found in it then.
func (p *Package) analysed(fn *types.Func) bool {
	return fn.Pkg() != nil && (fn.Pkg() == p.Pass.Pkg || len(p.factOf(fn.Pkg()).Funcs) > 0)
}

// worksForContext reports whether a method of an interface takes a context and
// can fail: whoever declared it so counts on its taking long.
func worksForContext(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Params().Len() == 0 || !IsContext(sig.Params().At(0).Type()) || onlyTells(fn) || fn.Pkg() == nil || fn.Pkg().Path() == "log/slog" {
		return false
	}
	results := sig.Results()
	return results.Len() > 0 && types.Identical(results.At(results.Len()-1).Type(), types.Universe.Lookup("error").Type())
}

// blockingPrefixes begin the full names of functions that wait for the world
// outside.
var blockingPrefixes = []string{
	"time.Sleep", "(*sync.WaitGroup).Wait", "(*sync.Cond).Wait", "(*golang.org/x/sync/errgroup.Group).Wait",
	"net.Dial", "net.Lookup", "(*net.Dialer).Dial", "(*net.Resolver).Lookup",
	"(*net.TCPConn).Read", "(*net.TCPConn).Write", "(net.Conn).Read", "(net.Conn).Write", "(net.Listener).Accept",
	"(*net.UDPConn).Read", "(net.PacketConn).ReadFrom",
	"crypto/tls.Dial", "(*crypto/tls.Dialer).Dial", "(*crypto/tls.Conn).Handshake", "(*crypto/tls.Conn).Read",
	"net/http.Get", "net/http.Head", "net/http.Post", "(*net/http.Client).", "(net/http.RoundTripper).RoundTrip", "(*net/http.Transport).RoundTrip",
	"net/http.ListenAndServe", "(*net/http.Server).ListenAndServe", "(*net/http.Server).Serve", "(*net/http.Server).Shutdown",
	"(*os/exec.Cmd).Run", "(*os/exec.Cmd).Wait", "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput", "(*os.Process).Wait",
	"(*database/sql.DB).Query", "(*database/sql.DB).Exec", "(*database/sql.DB).Ping", "(*database/sql.DB).Prepare", "(*database/sql.DB).Begin", "(*database/sql.DB).Conn",
	"(*database/sql.Tx).Query", "(*database/sql.Tx).Exec", "(*database/sql.Tx).Prepare", "(*database/sql.Tx).Commit",
	"(*database/sql.Conn).", "(*database/sql.Stmt).Query", "(*database/sql.Stmt).Exec",
	"net/rpc.Dial", "(*net/rpc.Client).Call", "net/smtp.Dial", "net/smtp.SendMail",
	"(google.golang.org/grpc.ClientConnInterface).", "(*google.golang.org/grpc.ClientConn).Invoke", "(*google.golang.org/grpc.ClientConn).NewStream",
}

func blocking(name string) bool {
	for _, prefix := range blockingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return !strings.HasSuffix(name, ".CloseIdleConnections") && !strings.HasSuffix(name, ".Close")
		}
	}
	return false
}

// Blocking reports whether a function is one of those that wait for the world
// outside, by its name.
func Blocking(fn *types.Func) bool {
	return fn.Pkg() != nil && blockingPackages[fn.Pkg().Path()] && blocking(fn.FullName())
}

// blockingPackages are those of blockingPrefixes: a full name takes time to
// make.
var blockingPackages = packagesOf(slices.Values(blockingPrefixes))

// packagesOf are the paths of the packages in full names of functions.
func packagesOf(names iter.Seq[string]) map[string]bool {
	paths := make(map[string]bool)
	for name := range names {
		name = strings.TrimLeft(name, "(*")
		slash := strings.LastIndexByte(name, '/') + 1
		if dot := strings.IndexByte(name[slash:], '.'); dot >= 0 {
			paths[name[:slash+dot]] = true
		}
	}
	return paths
}
