package workspace

import (
	"fmt"
	"maps"
	"slices"
)

// key hashes all that the outcome of a package depends on.
func (r *analysisRun) key(st *state) digest {
	deps := r.depOutcomes(st.node)
	known := r.keyed(st.node, st, deps)
	if known == nil {
		known = &keyed{node: st.node, env: r.env, content: st.content, extra: st.extra, deps: deps, key: r.hashKey(st)}
		r.remember(known)
	}
	return known.key
}

func (r *analysisRun) hashKey(st *state) digest {
	h := newHasher(cacheVersion)
	h.digest(program())
	h.string(r.w.opts.Salt)
	h.strings(r.w.plan.names())
	h.digest(r.env.key)
	h.string(st.id)
	h.string(st.pkgPath)
	h.string(st.name)
	h.string(st.dir)
	h.string(r.env.languageVersion(st.node))
	if st.module != nil {
		h.strings([]string{st.module.Path, st.module.Version})
	}
	h.digest(st.content)
	h.digest(st.extra)
	for _, err := range st.errors {
		h.string(fmt.Sprint(err))
	}
	r.hashImports(h, st.node)
	return h.sum()
}

// hashImports hashes what the imports of n offer to it.
func (r *analysisRun) hashImports(h hasher, n *node) {
	for _, path := range slices.Sorted(maps.Keys(n.missing)) {
		h.strings([]string{path, n.missing[path]})
	}
	for _, path := range n.paths {
		h.string(path)
		h.digest(r.outcome(n.imports[path]).out)
	}
}

// offers hashes what the importers of a package depend on.
func (r *analysisRun) offers(st *state, decl digest, out *outcome) digest {
	h := newHasher("out")
	h.digest(decl)
	h.digest(out.facts.digest())
	r.hashImports(h, st.node)
	return h.sum()
}

// borrow makes the outcome of n from that of its lender.
func (r *analysisRun) borrow(n, lender *node) {
	from := r.outcome(lender.id)
	deps := append(r.depOutcomes(n), from)
	known := r.keyed(n, nil, deps)
	if known == nil {
		h := newHasher("borrowed")
		h.digest(from.out)
		r.hashImports(h, n)
		known = &keyed{node: n, env: r.env, deps: deps, borrowed: &outcome{out: h.sum(), facts: from.facts}}
		r.remember(known)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outs[n.id] = known.borrowed
}

// keyed remembers the key of a package, and what that was computed from.
type keyed struct {
	node           *node
	env            *goEnv
	content, extra digest
	deps           []*outcome
	key            digest
	borrowed       *outcome
}

// keyed returns what is remembered of a package if nothing has changed.
func (r *analysisRun) keyed(n *node, st *state, deps []*outcome) *keyed {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	k := r.w.keys[n.id]
	if k == nil || k.node != n || k.env != r.env || (st == nil) != (k.borrowed != nil) || !slices.Equal(k.deps, deps) {
		return nil
	}
	if st != nil && (k.content != st.content || k.extra != st.extra) {
		return nil
	}
	return k
}

func (r *analysisRun) remember(k *keyed) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	r.w.keys[k.node.id] = k
}

// depOutcomes are those of the imports of n.
func (r *analysisRun) depOutcomes(n *node) []*outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	deps := make([]*outcome, len(n.deps), len(n.deps)+1)
	for i, id := range n.deps {
		deps[i] = r.outs[id]
	}
	return deps
}
