package document

import "time"

// Limits of a document.
const (
	MaxDocument = 256 << 10 // bytes
	maxNodes    = 4_000
	maxDepth    = 24
)

// Document is a system described. The tags are read by the decoder, the schema and
// the reference in the README alike.
type Document struct {
	About        string          `yaml:"about" doc:"what this document is for"`
	Auth         Auth            `yaml:"auth" doc:"how calls sign in; left out: not at all"`
	Headers      map[string]Expr `yaml:"headers" vars:"settings" doc:"headers of every call"`
	Errors       *Errors         `yaml:"errors" vars:"settings body header" doc:"how refusals are read"`
	Check        []Probe         `yaml:"check" vars:"settings" doc:"the calls of Test connection; left out: the first page of requisitions"`
	Requisitions *Source         `yaml:"requisitions" vars:"settings since page now" doc:"how requisitions are read; every document of a client's system has it"`
	Submit       *Sink           `yaml:"submit" vars:"settings key fields requisition requisition_id file answers now" doc:"how a candidate is put forward"`
	Statuses     *Source         `yaml:"statuses" vars:"settings since page now" doc:"how the statuses of submissions are read; needs submit"`
	Placement    *Read           `yaml:"placement" vars:"settings submission_id requisition_id key answers now" doc:"how a hire is read; needs statuses"`
	Billing      *Sink           `yaml:"billing" vars:"settings key fields bill answers now" doc:"how books take a bill, instead of all of the above but auth, headers, errors and check; when and find see settings, key and answers only"`
	Webhook      *Webhook        `yaml:"webhook" vars:"settings body header" doc:"how deliveries are proven and read"`
}

// Auth is how calls sign in. Exactly one way, or none. Texts may hold {name}: the
// setting of that name.
type Auth struct {
	Basic  *Basic            `yaml:"basic" doc:"HTTP Basic"`
	Header map[string]string `yaml:"header" doc:"headers, with {setting} in them"`
	OAuth2 *OAuth2           `yaml:"oauth2" doc:"an access token, fetched when needed and shared by all replicas"`
}

// Basic is HTTP Basic, each part with {setting} in it.
type Basic struct {
	Username string `yaml:"username" need:"true"`
	Password string `yaml:"password"`
}

// OAuth2 fetches a bearer token. The token address is the setting token_url, or
// token_path below the base URL.
type OAuth2 struct {
	Grant        string            `yaml:"grant" need:"true" oneof:"client_credentials refresh_token"`
	TokenPath    string            `yaml:"token_path" doc:"below the base URL; left out: the setting token_url"`
	ClientID     string            `yaml:"client_id" doc:"default {client_id}"`
	ClientSecret string            `yaml:"client_secret" doc:"default {client_secret}"`
	RefreshToken string            `yaml:"refresh_token" doc:"default {refresh_token}; a new one in an answer takes its place"`
	ClientIn     string            `yaml:"client_in" oneof:"header body" doc:"where the client's id and secret go; default header"`
	Scope        string            `yaml:"scope"`
	Extra        map[string]string `yaml:"extra" doc:"further form fields, e.g. audience"`
	Header       string            `yaml:"header" doc:"of the calls; default Authorization"`
	Value        string            `yaml:"value" doc:"default Bearer {access_token}"`
}

// Errors say how refusals are read.
type Errors struct {
	Status  map[string]string `yaml:"status" doc:"HTTP status to code: invalid, unauthorized, forbidden, not_found, conflict, rate_limited, unavailable"`
	Message Expr              `yaml:"message" doc:"the sentence in the answer"`
	When    Expr              `yaml:"when" doc:"true for an answer with a good status that is a refusal all the same"`
	Code    Expr              `yaml:"code" doc:"its code; default invalid"`
}

// Call is one request.
type Call struct {
	Method    string          `yaml:"method" oneof:"GET POST PUT PATCH DELETE" doc:"default GET"`
	Path      Expr            `yaml:"path" need:"true" doc:"below the base URL: a text, or a list whose parts are escaped"`
	Query     map[string]Expr `yaml:"query" doc:"what is absent is left out; a list repeats the parameter"`
	Headers   map[string]Expr `yaml:"headers"`
	Body      *Tree           `yaml:"body" doc:"JSON: an expression, or a map or list of expressions"`
	Form      map[string]Expr `yaml:"form" doc:"a form instead of JSON"`
	Multipart *Multipart      `yaml:"multipart" doc:"a form with the résumé instead of JSON"`
	NotFound  []int           `yaml:"not_found" doc:"statuses that mean: not there"`
	Duplicate []int           `yaml:"duplicate" doc:"statuses of a write that mean: it is there already"`
	Unknown   []int           `yaml:"unknown" doc:"statuses of a write that leave open whether it took effect, beside 408 and 5xx"`
}

// Multipart is a form with a file.
type Multipart struct {
	File   string          `yaml:"file" need:"true" doc:"the name of the part with the résumé"`
	Fields map[string]Expr `yaml:"fields"`
}

// Probe is one call of the connection test.
type Probe struct {
	Name     string `yaml:"name" need:"true" doc:"the vendor's word for the permission, e.g. a scope"`
	Purpose  string `yaml:"purpose" need:"true" doc:"what the hub needs it for"`
	Help     string `yaml:"help" doc:"what to do when it is missing"`
	Optional bool   `yaml:"optional" doc:"the hub works without"`
	Call     Call   `yaml:"call" need:"true"`
	Account  Expr   `yaml:"account" more:"body header" doc:"who the system says we are"`
}

// Source reads a list, page by page.
type Source struct {
	Call        Call         `yaml:"call" need:"true"`
	Records     Expr         `yaml:"records" need:"true" more:"body header" doc:"the list in the answer"`
	ExternalID  Expr         `yaml:"external_id" need:"true" more:"raw" doc:"of statuses: the id that submit gives"`
	Version     Expr         `yaml:"version" more:"raw"`
	UpdatedAt   Expr         `yaml:"updated_at" more:"raw" doc:"RFC 3339, or the seconds or milliseconds since 1970"`
	Keep        Expr         `yaml:"keep" more:"raw" doc:"false: the record is passed over"`
	Get         *Get         `yaml:"get" more:"raw" doc:"a call for each record, where the list says too little"`
	Paging      *Paging      `yaml:"paging" more:"body header" doc:"left out: the list comes in one piece"`
	Incremental *Incremental `yaml:"incremental" doc:"left out: every round reads the whole list"`
}

// Get reads one record of a list in full.
type Get struct {
	Call   Call `yaml:"call" need:"true"`
	Record Expr `yaml:"record" need:"true" more:"body header"`
}

// Paging is how a list goes on.
type Paging struct {
	Style     string `yaml:"style" need:"true" oneof:"link next_url cursor page offset"`
	Next      Expr   `yaml:"next" doc:"next_url: the address; cursor: the token of the next page, as page.cursor"`
	More      Expr   `yaml:"more" doc:"page and offset: whether there is more; default: until a page is empty, or shorter than size"`
	Total     Expr   `yaml:"total" doc:"the number of records; when it changes on the way, the walk is repeated"`
	First     *int   `yaml:"first" doc:"page: the number of the first page; default 1"`
	Size      int    `yaml:"size" doc:"as page.size; what the vendor surely gives on a full page"`
	Stable    bool   `yaml:"stable" doc:"pages do not shift when records change; default true for link, next_url and cursor"`
	Shifting  bool   `yaml:"shifting" doc:"link, next_url and cursor: pages do shift"`
	MaxPages  int    `yaml:"max_pages" doc:"of one walk; default 2000"`
	RestartOn []int  `yaml:"restart_on" doc:"statuses that mean: this page token is no longer good"`
}

// Incremental asks for what changed.
type Incremental struct {
	Overlap time.Duration `yaml:"overlap" doc:"how far a walk reaches back; default 5s"`
	Format  string        `yaml:"format" oneof:"rfc3339 unix unix_ms date" doc:"of since; default rfc3339"`
}

// Sink writes something in one or more steps.
type Sink struct {
	Require []Require `yaml:"require" doc:"what is refused before anything is called"`
	Resume  *Resume   `yaml:"resume" doc:"which résumés the vendor takes"`
	Steps   []Step    `yaml:"steps" need:"true"`
	Receipt Receipt   `yaml:"receipt" need:"true"`
}

// Require refuses a request in words.
type Require struct {
	Test    Expr   `yaml:"test" need:"true"`
	Message string `yaml:"message" need:"true"`
	Field   string `yaml:"field"`
}

// Resume is which files a vendor takes.
type Resume struct {
	Types   []string `yaml:"types" doc:"endings such as pdf, docx"`
	MaxSize int      `yaml:"max_size" doc:"bytes"`
	Needed  bool     `yaml:"needed" doc:"a submission without one is refused"`
}

// Step is one write and how to see that it is done already.
type Step struct {
	Name   string `yaml:"name" need:"true" doc:"its result is answers.NAME for what follows"`
	When   Expr   `yaml:"when" doc:"false: the step is left out"`
	Find   Find   `yaml:"find" need:"true"`
	Call   Call   `yaml:"call" need:"true"`
	Result Expr   `yaml:"result" more:"body header" doc:"nothing, or left out: it is looked up by find"`
}

// Find looks for what a step would write.
type Find struct {
	Call    Call    `yaml:"call" need:"true" more:"page"`
	Records Expr    `yaml:"records" more:"body header" doc:"a list to look through; left out: the answer is the thing"`
	Paging  *Paging `yaml:"paging" more:"body header"`
	Match   Expr    `yaml:"match" more:"body header raw" doc:"true for the right record (raw); left out with records: refused"`
	Result  Expr    `yaml:"result" need:"true" more:"body header raw" doc:"nothing: it is not there"`
}

// Receipt is what a sink gives back.
type Receipt struct {
	ID     Expr            `yaml:"id" need:"true"`
	Number Expr            `yaml:"number"`
	URL    Expr            `yaml:"url"`
	At     Expr            `yaml:"at"`
	Extra  map[string]Expr `yaml:"extra"`
}

// Read reads one thing in one or more calls.
type Read struct {
	Calls     []Named `yaml:"calls" need:"true"`
	There     Expr    `yaml:"there" doc:"false: not there yet"`
	Record    Expr    `yaml:"record" need:"true"`
	UpdatedAt Expr    `yaml:"updated_at"`
}

// Named is a call with a name for its result.
type Named struct {
	Name   string `yaml:"name" need:"true"`
	When   Expr   `yaml:"when"`
	Call   Call   `yaml:"call" need:"true"`
	Result Expr   `yaml:"result" need:"true" more:"body header"`
}

// Webhook is how deliveries are proven and read.
type Webhook struct {
	Scheme     string    `yaml:"scheme" need:"true" oneof:"hmac-sha256 secret" doc:"secret: a plain shared secret in a header, for vendors that sign nothing"`
	Header     string    `yaml:"header" need:"true" doc:"with the signature, or the secret"`
	Prefix     string    `yaml:"prefix" doc:"before the signature, e.g. sha256="`
	Part       string    `yaml:"part" doc:"of a header such as t=1,v1=abc: the name before the ="`
	Encoding   string    `yaml:"encoding" oneof:"hex base64" doc:"default hex"`
	Signed     string    `yaml:"signed" doc:"what is signed: {body}, or e.g. {timestamp}.{body}; default {body}"`
	Timestamp  *Stamp    `yaml:"timestamp" doc:"of the delivery, where it is signed"`
	Secrets    []string  `yaml:"secrets" need:"true" doc:"names of settings; any of them proves a delivery, so that a secret can be changed"`
	DeliveryID Expr      `yaml:"delivery_id" doc:"default: a hash of the body"`
	Events     []Touched `yaml:"events" need:"true"`
}

// Stamp is the signed time of a delivery.
type Stamp struct {
	Header    string        `yaml:"header" need:"true"`
	Part      string        `yaml:"part"`
	Format    string        `yaml:"format" oneof:"unix unix_ms rfc3339" doc:"default unix"`
	Tolerance time.Duration `yaml:"tolerance" doc:"default 5m, 15m at most"`
}

// Touched says which feed a delivery makes due.
type Touched struct {
	When Expr   `yaml:"when" doc:"left out: always"`
	Feed string `yaml:"feed" need:"true" oneof:"requisitions statuses"`
}
