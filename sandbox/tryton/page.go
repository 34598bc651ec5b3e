package tryton

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The pages stand in for the web client of a real server: they only show.
var pages = template.Must(template.New("").Parse(`{{define "head"}}<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.}} - sandbox books</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1d2530; background: #fff }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d5dae1; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums } dt { color: #55606e } dd { margin: 0 0 .5rem; white-space: pre-wrap }
@media (prefers-color-scheme: dark) { body { color: #e4e8ee; background: #14181e } th, td { border-color: #39424e } dt { color: #a5b0be } a { color: #8ab8ff } }
</style>
<p>Tributary Staffing LLC: simulated Tryton</p>{{end}}
{{define "list"}}{{template "head" "Invoices"}}
<h1>Customer invoices</h1>
{{if .}}<div class="wide"><table>
<thead><tr><th>Id<th>Number<th>State<th>Our reference<th>Purchase order<th>Party<th>Date<th class="n">Total</tr></thead>
<tbody>{{range .}}<tr><td><a href="invoice/{{.ID}}">{{.ID}}</a><td>{{.Number}}<td>{{.State}}<td>{{.Reference}}<td>{{.PurchaseOrder}}<td>{{.PartyCode}} {{.PartyName}}<td>{{.Date}}<td class="n">{{.Total.StringFixed 2}} {{.Currency}}</tr>
{{end}}</tbody></table></div>{{else}}<p>There are none yet.</p>{{end}}
</html>{{end}}
{{define "one"}}{{template "head" .Reference}}
<p><a href="../">All invoices</a></p>
<h1>Invoice {{if .Number}}{{.Number}}{{else}}{{.ID}} ({{.State}}){{end}}</h1>
<dl><dt>State<dd>{{.State}}<dt>Our reference<dd>{{.Reference}}<dt>Purchase order<dd>{{.PurchaseOrder}}<dt>Party<dd>{{.PartyCode}} {{.PartyName}}
<dt>Date<dd>{{.Date}}{{if .Comment}}<dt>Comment<dd>{{.Comment}}{{end}}</dl>
<div class="wide"><table>
<thead><tr><th>Description<th class="n">Quantity<th>Unit<th class="n">Unit price<th>Cost centre<th class="n">Amount</tr></thead>
<tbody>{{range .Lines}}<tr><td>{{.Description}}<td class="n">{{.Quantity}}<td>{{.Unit}}<td class="n">{{.UnitPrice.StringFixed 4}}<td>{{.CostCentre}}<td class="n">{{.Amount.StringFixed 2}}</tr>
{{end}}</tbody>
<tfoot><tr><th colspan="5">Untaxed<td class="n">{{.Untaxed.StringFixed 2}}</tr><tr><th colspan="5">Tax<td class="n">{{.Tax.StringFixed 2}}</tr>
<tr><th colspan="5">Total {{.Currency}}<td class="n">{{.Total.StringFixed 2}}</tr></tfoot></table></div>
</html>{{end}}`))

// page shows the list (the database's own address) or one invoice.
func (s *Server) page(w http.ResponseWriter, rest string) {
	all := s.Invoices()
	name, data := "list", any(all)
	if id, ok := strings.CutPrefix(rest, "invoice/"); ok {
		n, err := strconv.ParseInt(id, 10, 64)
		at := slices.IndexFunc(all, func(i Invoice) bool { return i.ID == n })
		if err != nil || at < 0 {
			htmlError(w, http.StatusNotFound, "There is no invoice "+id+".")
			return
		}
		name, data = "one", all[at]
	} else if rest != "" {
		htmlError(w, http.StatusNotFound, "The requested URL was not found on the server.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = pages.ExecuteTemplate(w, name, data) // the browser may have gone
}
