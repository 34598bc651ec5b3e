package fieldglass

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
)

// paths lists the elements of a document; several of one kind count as one, and a
// name's blanks at its end do not count.
func paths(at string, v any, into map[string]bool) {
	switch x := v.(type) {
	case object:
		for name, inner := range x {
			below := at + "/" + strings.TrimSpace(name)
			into[below] = true
			paths(below, inner, into)
		}
	case []any:
		for _, e := range x {
			paths(at, e, into)
		}
	}
}

func listed(v any) []string {
	set := map[string]bool{}
	paths("", v, set)
	var out []string
	for p := range set {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}

// diff gives what stands in one list only, ours with +, theirs with -.
func diff(ours, theirs []string) (out []string) {
	for _, p := range ours {
		if !slices.Contains(theirs, p) {
			out = append(out, "+"+p)
		}
	}
	for _, p := range theirs {
		if !slices.Contains(ours, p) {
			out = append(out, "-"+p)
		}
	}
	return out
}

// The posting of the sample, opened here, is the sample: element by element and
// value by value.
func TestPostingsAreTheVendorsSample(t *testing.T) {
	theirs := sampleDoc(t, "job-posting-supplier-download.synthetic.json")
	v := open(t, nil, Options{Now: newClock().now})
	spec := example()
	spec.RateSide = "pay"
	v.post(spec)
	ours := v.roots(v.get(PostingChanges, ""))[0]
	if d := diff(listed(ours), listed(theirs)); len(d) > 0 {
		t.Errorf("elements that only we (+) or only the sample (-) has: %v", d)
	}
	want := []string{"/StaffingOrder/@xsi:schemaLocation", "/StaffingOrder/OrderId/IdValue", "/StaffingOrder/StaffingPosition/PositionDateRange/CreateDate",
		"/StaffingOrder/StaffingPosition/PositionDateRange/SubmitDate", "/StaffingOrder/StaffingPosition/InvoiceInfo/EstimatedTotalHours"}
	got := values("", ours, theirs)
	sort.Strings(got)
	sort.Strings(want)
	if !slices.Equal(got, want) {
		t.Errorf("values differ at\n%v, want\n%v", got, want)
	}
}

// values lists where two documents of the same elements have different values.
func values(at string, ours, theirs any) (out []string) {
	a, ok1 := ours.(object)
	b, ok2 := theirs.(object)
	if ok1 && ok2 {
		trimmed := object{}
		for name, v := range a {
			trimmed[strings.TrimSpace(name)] = v
		}
		for name := range b {
			out = append(out, values(at+"/"+name, trimmed[name], b[name])...)
		}
		return out
	}
	x, ok1 := ours.([]any)
	y, ok2 := theirs.([]any)
	if ok1 && ok2 && len(x) == len(y) {
		for i := range x {
			out = append(out, values(fmt.Sprintf("%s/%d", at, i), x[i], y[i])...)
		}
		return out
	}
	if !reflect.DeepEqual(ours, theirs) {
		out = append(out, at)
	}
	return out
}

// The vendor's upload sample answers the vendor's posting sample, but for the side
// of its rates.
func TestTheVendorsUploadIsTaken(t *testing.T) {
	doc := sampleDoc(t, "job-seeker-upload.synthetic.json")
	v := open(t, nil, Options{Now: newClock().now})
	id := v.post(example())
	at(doc, "HumanResource", "ReferenceInformation", "OrderId").(object)["IdValue"] = id
	v.says(v.upload(doc), 200, `"ReturnCode":"0"`)
	got := v.JobSeekers()
	if len(got) != 1 || got[0].ExternalID != "HUB-SUB-000123" || got[0].Rates[1] != (ClassRate{"OT", "138.00", "87.00"}) || !got[0].HasResume {
		t.Errorf("%+v", got)
	}
}

// The upload of the vendor's demo has elements of its own, which the shape knows.
func TestTheVendorsDemoHasNoOtherElements(t *testing.T) {
	doc := sampleDoc(t, "cap-demo-FieldglassConnectorsJobseeker.json")
	if err := jobSeekerShape().check("HumanResource", doc["HumanResource"]); err != nil {
		t.Error(err)
	}
}

// A work order has all that the vendor's upload sample has, and what the tenant
// added to its download.
func TestWorkOrdersHaveTheVendorsElements(t *testing.T) {
	theirs := sampleDoc(t, "cap-demo-FieldglassConnectorsWorkorder.json")
	v := open(t, nil, Options{Now: newClock().now})
	id, err := v.AddJobSeeker(v.post(example()), "Ada", "Grey", "ada@mail.example")
	v.must(err)
	_, err = v.Hire(id, WorkOrderSpec{PurchaseOrder: "45"})
	v.must(err)
	ours := v.roots(v.get(WorkOrders, "__p1="+id))[0]
	var added []string
	for _, d := range diff(listed(ours), listed(theirs)) {
		if strings.HasPrefix(d, "-") {
			t.Errorf("the sample has %s", d[1:])
		}
		if rest := strings.TrimPrefix(d, "+/StaffingOrder/AssignmentType/"); strings.Count(rest, "/") == 0 {
			added = append(added, rest)
		}
	}
	if want := []string{"Departments", "InvoiceInfo", "PositionDateRange", "PositionHeader", "ReportToPerson", "WorkSite"}; !slices.Equal(added, want) {
		t.Errorf("added %v, want %v", added, want)
	}
}

func TestEnvelopesAreTheVendorsSamples(t *testing.T) {
	v := open(t, nil, Options{Now: newClock().now})
	v.post(example())
	refused := v.upload(object{"HumanResource": object{"@xmlns": "jobSeeker", "ReferenceInformation": object{"OrderId": object{"IdValue": "ACMEJP00000101"}}}})
	var ours object
	if err := json.Unmarshal([]byte(refused.body), &ours); err != nil {
		t.Fatal(err)
	}
	if d := diff(listed(ours), listed(sampleDoc(t, "connector-status-106.synthetic.json"))); len(d) > 0 || textAt(ours, "Status", "ReturnCode") != "106" {
		t.Errorf("%v %s", d, refused.body)
	}
	v.says(v.get(WorkOrders, ""), 200, strings.TrimSpace(string(sampleFile(t, "samples", "sap-fieldglass", "no-data.txt"))))
	v.token, v.accept = "old", "text/xml"
	theirs := string(sampleFile(t, "samples", "sap-fieldglass", "connector-status-100.synthetic.xml"))
	if r := v.get(WorkOrders, ""); r.status != 401 || !strings.Contains(theirs, r.body) {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestTheConnectorsAnswerInTheDocumentedStatuses(t *testing.T) {
	var contract struct {
		HTTP  []int             `json:"http"`
		Codes map[string]string `json:"return_codes"`
		Token struct {
			Expires int `json:"expires_in"`
		} `json:"token"`
	}
	if err := json.Unmarshal(sampleFile(t, "specs", "sap-fieldglass", "connectors.contract.json"), &contract); err != nil {
		t.Fatal(err)
	}
	v := open(t, nil, Options{Disabled: []string{WorkOrders}, MaxRecords: 1})
	v.post(example())
	v.post(example())
	for _, r := range []reply{v.get(PostingChanges, ""), v.get(PostingFull, "object_ref=nope"), v.get(PostingFull, "x=1"), v.get("Nope", ""), v.get(WorkOrders, ""),
		v.get(JobSeekerUpload, ""), v.upload("x"), v.upload(object{"HumanResource": object{}}), v.get(JobSeekerStatus, "__p1=yesterday")} {
		var body object
		if err := json.Unmarshal([]byte(r.body), &body); err != nil {
			t.Fatalf("%v: %s", err, r.body)
		}
		if _, known := contract.Codes[textAt(body, "Status", "ReturnCode")]; !known || !slices.Contains(contract.HTTP, r.status) {
			t.Errorf("%d %s is not documented", r.status, r.body)
		}
	}
	if contract.Token.Expires != int(tokenLife.Seconds()) {
		t.Errorf("a token lives %s, documented are %d s", tokenLife, contract.Token.Expires)
	}
}
