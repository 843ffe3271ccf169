package flow

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// PackageSummary is the package fact that carries summaries to importers. It
// is encoded by gob, the same way each time.
type PackageSummary struct {
	Funcs []NamedSummary // by Key; functions about which nothing is known are left out
	Held  []HeldFunc     // by Var; exported variables that hold one function
}

// NamedSummary is the summary of the function that Key names.
type NamedSummary struct {
	Key string
	Summary
}

func (s *PackageSummary) lookup(key string) *Summary {
	i, ok := slices.BinarySearchFunc(s.Funcs, key, func(n NamedSummary, key string) int { return strings.Compare(n.Key, key) })
	if !ok {
		return nil
	}
	return &s.Funcs[i].Summary
}

func (*PackageSummary) AFact()         {}
func (*PackageSummary) String() string { return "ctxflow" }

var _ analysis.Fact = (*PackageSummary)(nil)

// Summary is what callers need to know of a function. The zero value is the
// summary of a function of which nothing is known that matters.
type Summary struct {
	// NoReturn: a call never returns normally (os.Exit, log.Fatal, panic,
	// runtime.Goexit, t.Fatal, or all paths end in one).
	NoReturn bool

	// Exits: a call never returns because it ends the process, on some path
	// at least; what is deferred doesn't run then.
	Exits bool

	// CannotPanic: no operation in the body, nor in what it calls, can panic.
	CannotPanic bool

	// Params says what becomes of a parameter of func type, or of one that
	// holds an obligation; receivers come first. Missing entries are Unknown.
	Params []ParamUse

	// LeftRunning lists the parameters that are run in goroutines for which a
	// call certainly doesn't wait before it returns.
	LeftRunning []int

	// Results says which results are obligations. Missing entries are ByType.
	Results []ResultKind

	// Nil lists the results of a CancelFunc type that are nil on some return.
	Nil []int

	// Derives: result i is a context derived from parameter j (receivers
	// count); -1 is "from no parameter", a root. Empty: unknown.
	Derives []Derivation

	// Needs says what the context in a parameter is needed for; receivers
	// come first. See ContextNeed.
	Needs []ContextNeed

	// Latency: whether a call can take long; see [Package.LatencyOf].
	Latency Latency

	// FailsTest: a call marks a test as failed, on each way to a return.
	FailsTest bool

	// NeverFails: the last result is an error, and nil on each return.
	NeverFails bool

	// Roots are the places where a call blocks under a root of its own, the
	// first ones (bounded); only of functions that are given no context.
	Roots []RootPath

	// CallsBack lists the func-typed parameters that are called with contexts of
	// one origin.
	CallsBack []CallBack

	// Keeps lists the context parameters that outlive the call.
	Keeps []Keep

	// Blocks are the operations on which a call can wait for ever, the
	// first ones in source order (bounded).
	Blocks []Block
}

// ParamUse is what a function does with a func-typed parameter.
type ParamUse uint8

const (
	UseUnknown   ParamUse = iota // assume it is kept
	UseDropped                   // neither called nor handed on, on any path
	UseCalled                    // called or deferred on every path to a normal exit
	UseSometimes                 // called on some paths only, and not kept
	UseKept                      // stored, returned, sent, or passed to someone unknown
	UseLaunched                  // run in a new goroutine
)

// ResultKind says whether a result of type context.CancelFunc is owed a call.
type ResultKind uint8

const (
	ResultByType ResultKind = iota // unknown: its type decides
	ResultFresh                    // made in the function and handed to the caller
	ResultShared                   // somebody else holds it too (a getter)
	ResultNoop                     // a function that cancels nothing
	ResultMixed                    // on some ways somebody else holds it too
)

// Derivation says that result Result is a context made from parameter Param
// (or from a root, when Param is -1).
type Derivation struct {
	Result, Param int
	Cancels       bool // with a cancel, a deadline or a timeout on the way
}

// BlockKind is the operation that a goroutine can wait on.
type BlockKind uint8

const (
	BlockSend BlockKind = iota + 1
	BlockReceive
	BlockRange
	BlockSelect
	BlockCond
	BlockForever
	BlockCall // an operation inside of a callee
)

// Block is one operation that can wait for ever.
type Block struct {
	Kind      BlockKind
	Operation string // for messages: "receive from s.jobs"
	Position  Position
	Path      []string // callee names from the summarised function to the operation
	Reason    string   // why nobody is sure to answer
	Handed    bool     // the other end is held by callers out of view
	Kept      bool     // the channel lies in a field or package variable
	Lost      bool     // see Wait.Lost

	pos   token.Pos // in this package
	local *Wait     // the wait itself, in this package
}

// Position is a place in a source file that outlives its FileSet.
type Position struct {
	File         string // its name, without the folder
	Line, Column int
}

// equal reports whether two summaries say the same; nil is the zero summary.
func (s *Summary) equal(t *Summary) bool {
	var zero Summary
	if s == nil {
		s = &zero
	}
	if t == nil {
		t = &zero
	}
	return s.NoReturn == t.NoReturn && s.Exits == t.Exits && s.CannotPanic == t.CannotPanic &&
		s.Latency == t.Latency && s.FailsTest == t.FailsTest && s.NeverFails == t.NeverFails &&
		equalPadded(s.Params, t.Params) &&
		slices.Equal(s.LeftRunning, t.LeftRunning) &&
		equalPadded(s.Results, t.Results) &&
		slices.Equal(s.Nil, t.Nil) &&
		slices.Equal(s.Derives, t.Derives) &&
		equalPadded(s.Needs, t.Needs) &&
		slices.Equal(s.Keeps, t.Keeps) &&
		slices.Equal(s.CallsBack, t.CallsBack) &&
		slices.EqualFunc(s.Roots, t.Roots, equalRoots) &&
		slices.EqualFunc(s.Blocks, t.Blocks, func(a, b Block) bool {
			return a.Kind == b.Kind && a.Operation == b.Operation && a.Position == b.Position && slices.Equal(a.Path, b.Path) &&
				a.Reason == b.Reason && a.Handed == b.Handed && a.Kept == b.Kept && a.Lost == b.Lost
		})
}

// exported returns the summary as it is after gob: importers must see the same
// of a fact in memory as of one that was read from disk. Facts stay for the
// whole run, and must not hold the SSA of their packages.
func (s *Summary) exported() Summary {
	out := *s
	out.Blocks = slices.Clone(s.Blocks)
	for i := range out.Blocks {
		out.Blocks[i].pos, out.Blocks[i].local = token.NoPos, nil
	}
	out.Roots = slices.Clone(s.Roots)
	for i := range out.Roots {
		out.Roots[i].pos = token.NoPos
	}
	return out
}

// local reports whether importers can do without the summary: there are many
// small functions of which it says that they can't panic, and nothing else.
func (s *Summary) local(key string) bool {
	return !ast.IsExported(key[strings.LastIndexByte(key, '.')+1:]) && s.equal(&Summary{CannotPanic: true})
}

// equalPadded compares as if the shorter one ended in zero values.
func equalPadded[T comparable](a, b []T) bool {
	var zero T
	for i := range max(len(a), len(b)) {
		x, y := zero, zero
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return false
		}
	}
	return true
}

// Param is the use of parameter i, receivers first.
func (s *Summary) Param(i int) ParamUse {
	if s == nil || i >= len(s.Params) {
		return UseUnknown
	}
	return s.Params[i]
}

// Result is the kind of result i.
func (s *Summary) Result(i int) ResultKind {
	if s == nil || i >= len(s.Results) {
		return ResultByType
	}
	return s.Results[i]
}
