package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"cel.dev/cel-go/interpreter"
	"github.com/microcosm-cc/bluemonday"
)

// Limits of an expression.
const (
	MaxSource     = 16 << 10 // bytes of text
	maxNesting    = 120      // levels that the parser goes down
	maxExprNodes  = 4_000    // parts, macros expanded
	maxCost       = 300_000  // steps of one evaluation that has a loop
	maxRange      = 10_000   // elements that lists.range gives
	maxRegexNodes = 2_000    // instructions of a compiled pattern
	maxPrecision  = 40       // digits that format gives
	checkEvery    = 100      // turns of a loop between two looks at the context
)

// The variables that a mapping or a rule may have. Which of them a cell sees is
// said when it is compiled.
const (
	Raw    = "raw"
	Req    = "req"
	Sub    = "sub"
	Plc    = "plc"
	Bill   = "bill"
	Client = "client"
	Lists  = "lists"
	Now    = "now"
	Facts  = "facts"
)

// The variables of a connector's document: its settings without secrets, what a
// call is for, and the answer that is read. Their values stand in [Vars.Call].
const (
	Settings      = "settings"
	Since         = "since"
	PageVar       = "page"
	Key           = "key"
	Fields        = "fields"
	Requisition   = "requisition"
	RequisitionID = "requisition_id"
	SubmissionID  = "submission_id"
	FileVar       = "file"
	Answers       = "answers"
	Body          = "body"
	Header        = "header"
)

// variables is every name, in the order in which errors list them.
func variables() []string {
	return []string{Raw, Req, Sub, Plc, Bill, Client, Lists, Now, Facts,
		Settings, Since, PageVar, Key, Fields, Requisition, RequisitionID, SubmissionID, FileVar, Answers, Body, Header}
}

// Env compiles expressions against one set of code lists.
type Env struct {
	cel    *cel.Env
	places *gazetteer
	clean  *bluemonday.Policy
	over   map[string][]*functions.Overload // the library's functions in their shells
	lists  Object
	tables tables
	costs  ownCosts
}

// base is the environment without code lists, which all others share: to set the
// language up takes as long as to compile twenty expressions.
var base = sync.OnceValues(newBase)

// New makes an environment. Lists are the code lists that lookup and the
// variable lists give; the environment keeps a copy.
func New(lists map[string]map[string]string) (*Env, error) {
	shared, err := base()
	if err != nil {
		return nil, err
	}
	e := *shared
	e.lists, e.tables = Object{}, tables{}
	for name, codes := range lists {
		e.lists[name] = From(codes)
		e.tables[name] = NewCodes(codes)
	}
	return &e, nil
}

func newBase() (*Env, error) {
	lib := newLibrary()
	env, err := cel.NewEnv(append(lib.options(),
		cel.CustomTypeAdapter(adapter{}),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(MaxSource),
		cel.ParserRecursionLimit(maxNesting),
		cel.ExpressionNodeLimit(maxExprNodes),
		cel.RegexProgramSizeLimit(maxRegexNodes),
		cel.OptionalTypes(),
		ext.Strings(ext.StringsMaxPrecision(maxPrecision)),
		ext.Math(),
		ext.Lists(ext.ListsMaxRangeSize(maxRange)),
		ext.Bindings(),
	)...)
	if err != nil {
		return nil, fmt.Errorf("set up the expression language: %w", err)
	}
	over, err := tolerantOverloads(env, lib.ids)
	if err != nil {
		return nil, fmt.Errorf("set up the expression language: %w", err)
	}
	return &Env{cel: env, over: over, places: lib.places, clean: lib.clean, costs: ownCosts(lib.ids)}, nil
}

// Compile makes a program of source. Cell says where the expression stands, for
// errors; vars are the variables it may use (lists is always there). All errors
// are [*Error]s with line and column.
func (e *Env) Compile(cell, source string, vars ...string) (*Program, error) {
	if len(source) > MaxSource {
		return nil, &Error{Cell: cell, Message: fmt.Sprintf("the expression is longer than %d KiB", MaxSource>>10)}
	}
	if strings.TrimSpace(source) == "" {
		return nil, &Error{Cell: cell, Message: "the expression is empty"}
	}
	parsed, iss := e.cel.Parse(source)
	if iss.Err() != nil {
		return nil, issueError(cell, iss)
	}
	r := rewrite(parsed.NativeRep())
	if err := r.allowed(cell, parsed, vars); err != nil {
		return nil, err
	}
	checked, iss := e.cel.Check(parsed)
	if iss.Err() != nil {
		return nil, issueError(cell, iss)
	}
	prg, err := e.cel.Program(checked, e.programOptions(r)...)
	if err != nil {
		return nil, &Error{Cell: cell, Message: plain(err.Error())}
	}
	return &Program{cell: cell, prg: prg, ast: checked, loops: r.loops, lists: e.lists, tables: e.tables, uses: r.uses()}, nil
}

func (e *Env) programOptions(r *rewriter) []cel.ProgramOption {
	var over []*functions.Overload
	for name := range r.calls {
		over = append(over, e.over[name]...)
	}
	opts := []cel.ProgramOption{
		// Deprecated for declaring functions; it is the only way to put a shell around
		// those of the library.
		cel.Functions(over...), //nolint:staticcheck // SA1019, see above
		cel.CustomDecoratorV2(forgive),
		cel.OptimizeRegex(&interpreter.RegexOptimization{Function: overloads.Matches, RegexIndex: 1, Factory: compiledMatch}),
	}
	if r.loops { // without one, the size of the expression bounds its cost
		opts = append(opts, cel.CostTracking(e.costs), cel.CostLimit(maxCost), cel.InterruptCheckFrequency(checkEvery))
	}
	return opts
}

// allowed refuses variables that the cell does not have.
func (r *rewriter) allowed(cell string, a *cel.Ast, vars []string) error {
	for _, name := range variables() {
		ident, used := r.idents[name]
		if !used || name == Lists || r.locals[name] || slices.Contains(vars, name) {
			continue
		}
		loc := a.NativeRep().SourceInfo().GetStartLocation(ident.ID())
		return &Error{Cell: cell, Line: loc.Line(), Column: loc.Column() + 1,
			Message: fmt.Sprintf("there is no %q here; this cell has %s", name, strings.Join(append(slices.Clone(vars), Lists), ", "))}
	}
	return nil
}

// uses is the set of variables that the expression reads.
func (r *rewriter) uses() map[string]bool {
	out := map[string]bool{}
	for _, name := range variables() {
		if _, ok := r.idents[name]; ok {
			out[name] = true
		}
	}
	return out
}

// compiledMatch compiles a pattern that is written in the expression once.
func compiledMatch(call interpreter.InterpretableCall, pattern string) (interpreter.InterpretableCall, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	sh := shell{overloads.Matches}
	return interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), func(args ...ref.Val) ref.Val {
		return sh.call(args, 0, func(args []ref.Val) ref.Val {
			s, ok := args[0].(types.String)
			if !ok {
				return types.MaybeNoSuchOverloadErr(args[0])
			}
			return types.Bool(re.MatchString(string(s)))
		})
	}), nil
}
