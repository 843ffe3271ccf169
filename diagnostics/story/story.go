// Package story tells what becomes of the contexts, cancel functions and
// goroutines of a package: where a context comes from and who ends it, who
// calls a cancel function and where nobody does, what ends a goroutine.
//
// A story is kept function by function and holds no positions of other
// functions: what links them (a parameter and the calls that give it, a field
// and those who call what lies in it) is put together when somebody asks.
package story

import (
	"iter"
	"time"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// Range is a place; see [Function] for its file.
type Range = rule.Range

// Package is the story of one package, in source order. Functions of which
// there is nothing to tell are left out. It depends on no FileSet, and
// isn't changed once it is made. Reports have it as [Encoded].
type Package []Function

// Function is the story of one declared function with its literals, or of a
// literal of a package-level initialiser.
type Function struct {
	Name  string // "(*Server).Handle"; empty for initialisers
	Key   string // its full name, as Mention.To has it; empty if no context comes in by its parameters
	Range Range  // of the declaration

	// The ranges of all below have no file: they are of that of Range.
	Contexts []Context
	Cancels  []Cancel
	Launches []Launch
	Mentions []Mention // by offset
	Stores   []Store
	Taken    []string // functions with a context parameter that are used as values, by key

	Untold bool // nothing else is known of it
}

// Context is one place that makes, or brings in, a context.
type Context struct {
	Kind    flow.ContextKind
	Name    string        // the variable or expression that holds it: "ctx", "s.ctx"; may be empty
	Via     string        // the full name of what made it, or returned it
	Timeout time.Duration // from its making, if it is constant; else 0
	Parent  int           // what it derives from: an index of Contexts, from 1; 0 if that isn't known
	Options []int         // of a joined one: what it can be, from 1
	Made    Range         // the call that made it, or the parameter's name; zero if there is none
	Holder  Range         // the name that it was given; zero if there is none
	Cancel  int           // an index of Cancels, from 1; 0 if there is none
	Ends    bool          // its making adds a cancel, a deadline or a timeout
	Held    string        // the field or package variable of this package that holds it; see Cancel.Held
	Global  bool          // it is read from a package variable
	Param   int           // of a parameter of the declared function: which, receivers first; else -1
	Literal bool          // of a parameter: it is that of a function literal
}

// Cancel is a cancel function: one that a call made, or what lies in a field.
type Cancel struct {
	Name    string // the variable, "_" included
	Via     string // the full name of what made it; empty for what lies in a field
	Made    Range  // the call that made it; zero for what lies in a field
	Holder  Range  // the name that it was given; zero if there is none
	Context int    // an index of Contexts, from 1; 0 if it is not known
	Held    string // where it lies: "T.field", or the name of a package variable
	Param   bool   // it is a parameter
	Uses    []Use  // in source order
	Missing []Exit // exits that can be reached without a call
	Cut     bool   // Missing may have left some out
	Kept    bool   // it gets to somebody who may call it at any time
	Other   bool   // more becomes of it than Uses tells
}

// UseKind is what code does with a cancel function.
type UseKind uint8

const (
	Called     UseKind = iota // here
	CalledBy                  // handed to a function that calls it
	MaybeBy                   // handed to a function that calls it on some paths
	LaunchedBy                // handed to a function that calls it in a goroutine
	DroppedBy                 // handed to a function that doesn't call it
	Passed                    // handed to a function that may call or keep it
	Returned
	Stored
	Sent
)

// Use is one place that calls a cancel function or hands it on.
type Use struct {
	Kind     UseKind
	Range    Range
	To       string // the function, or what it is stored in
	Held     string // what it is stored in; see Cancel.Held
	Deferred bool
	Launched bool // in a goroutine
	Maybe    bool // it can be another one at this place
}

// Exit is a way out of the function on which a cancel function is not called.
type Exit struct {
	Range Range
	Next  bool // no exit: the variable gets the next one
	Done  bool // the context is done on the way
}

// Store is an assignment to a field or package variable that holds contexts.
type Store struct {
	Held    string
	Range   Range
	Context int // an index of Contexts, from 1
}

// MentionKind is what code does with a context, or that it is one of a cancel
// function.
type MentionKind uint8

const (
	Defined MentionKind = iota
	Read                // any other use
	Given               // to a call
	Done                // ctx.Done()
	Err                 // ctx.Err(), context.Cause(ctx)
	Deadline
	Value
	Derived  // another one is made from it
	Keeps    // it is stored
	Returns  // it is returned, or sent
	OfCancel // a cancel function
)

// Mention is one place that names a context or a cancel function.
type Mention struct {
	Kind    MentionKind
	Range   Range
	Context int // an index of Contexts, from 1
	Cancel  int // of OfCancel: an index of Cancels, from 1
	Another int // of OfCancel: it can be this one as well

	// Of a context that is given to a call.
	To    string // the key of the function, if it is known
	Param int    // of that function, receivers first
	Hears Tri    // whether the function heeds its end
}

// Tri is yes, no, or not known.
type Tri uint8

const (
	Unknown Tri = iota
	Yes
	No
)

// Launch is a place that starts a goroutine.
type Launch struct {
	Range    Range  // the go, or what is called
	By       string // "go", or what is called: "g.Go"
	Runs     string // the function; empty for a literal
	Known    bool   // what it runs is in view
	Never    bool   // it never returns
	Exits    bool   // it ends with the process
	Panics   bool   // of one that never returns: it can panic
	Holds    []Hold
	Cut      bool  // there are more holds
	Contexts []int // that it uses, from 1
	DeafTo   []int // contexts that it could hear, from 1: it can wait for ever and does not
}

// Hold is a [flow.Hold].
type Hold struct {
	Range Range
	Loop  bool
	Via   string
	Ends  []End
}

// End is a [flow.End].
type End struct {
	Kind      flow.EndKind
	Name, Ctx string
	Range     Range
	Via       string
	Lost      bool
}

// Ranges yields all ranges of the function, so that whoever knows that it has
// moved can move them.
func (f *Function) Ranges() iter.Seq[*Range] {
	return func(yield func(*Range) bool) {
		ranges := []*Range{&f.Range}
		for i := range f.Contexts {
			ranges = append(ranges, &f.Contexts[i].Made, &f.Contexts[i].Holder)
		}
		for i := range f.Cancels {
			c := &f.Cancels[i]
			ranges = append(ranges, &c.Made, &c.Holder)
			for j := range c.Uses {
				ranges = append(ranges, &c.Uses[j].Range)
			}
			for j := range c.Missing {
				ranges = append(ranges, &c.Missing[j].Range)
			}
		}
		for i := range f.Launches {
			l := &f.Launches[i]
			ranges = append(ranges, &l.Range)
			for j := range l.Holds {
				ranges = append(ranges, &l.Holds[j].Range)
				for k := range l.Holds[j].Ends {
					ranges = append(ranges, &l.Holds[j].Ends[k].Range)
				}
			}
		}
		for i := range f.Mentions {
			ranges = append(ranges, &f.Mentions[i].Range)
		}
		for i := range f.Stores {
			ranges = append(ranges, &f.Stores[i].Range)
		}
		for _, r := range ranges {
			if *r != (Range{}) && !yield(r) {
				return
			}
		}
	}
}

// context returns one by its number, nil for 0.
func (f *Function) context(n int) *Context {
	if n < 1 || n > len(f.Contexts) {
		return nil
	}
	return &f.Contexts[n-1]
}

// cancel returns one by its number, nil for 0.
func (f *Function) cancel(n int) *Cancel {
	if n < 1 || n > len(f.Cancels) {
		return nil
	}
	return &f.Cancels[n-1]
}

// place completes a range of the function.
func (f *Function) place(r Range) Range {
	r.File = f.Range.File
	return r
}
