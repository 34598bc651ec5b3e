package bullhorn

// Each line: name kind [max or entity] [required] [readonly] [default=value].
// name1-3 stands for three fields.
const jobOrderFields = `
address composite
benefits text
billRateCategoryID int
bonusPackage text
branchCode text 100
businessSectors many -
categories many -
certificationList text 255
clientBillRate decimal
clientContact one ClientContact required
clientCorporation one ClientCorporation required
correlatedCustomText1-10 text 100 readonly
costCenter text 30
customDate1-3 time
customFloat1-3 decimal
customInt1-8 int
customObject1s custom JobOrderCustomObjectInstance1:jobOrder
customText1-40 text 100
customTextBlock1-5 text
dateAdded time default=now
dateClosed time
dateEnd time
dateLastModified time readonly
dateLastPublished time readonly
degreeList text
description text
durationWeeks decimal default=0
educationDegree text 50
employmentType text 200 required
externalCategoryID int
externalID text 100
feeArrangement decimal
fileAttachments many FileAttachment readonly
hoursOfOperation text 30
hoursPerWeek decimal
isClientEditable bool
isDeleted bool default=false
isInterviewRequired bool
isOpen bool default=true
isPublic int
isWorkFromHome bool
jobPostingURL text 100
markUpPercentage decimal
numOpenings int default=1
onSite text 20 required
optionsPackage text
owner one CorporateUser default=caller
payRate decimal
placements many Placement:jobOrder readonly
publicDescription text
publishedZip text 18
reasonClosed text
reportTo text 100
reportToClientContact one ClientContact
responseUser one CorporateUser
salary decimal
salaryUnit text 12 default=Per_Hour
skillList text
skills many Skill
source text 100
specialties many -
startDate time default=now
status text 200 default=Accepting_Candidates
submissions many JobSubmission:jobOrder readonly
taxRate decimal
taxStatus text 20
title text 100 required
travelRequirements text 50
type int default=3
willRelocate bool
willRelocateInt int default=0
willSponsor bool
yearsRequired int
`

const candidateFields = `
address composite
businessSectors many -
categories many -
comments text
companyName text 100
companyURL text 100
customDate1-13 time
customFloat1-23 decimal
customInt1-23 int
customObject1s custom PersonCustomObjectInstance1:person
customText1-40 text 100
customTextBlock1-10 text
dateAdded time readonly
dateAvailable time
dateAvailableEnd time
dateLastModified time readonly
dayRate decimal
degreeList text
description text
educationDegree text
email text 100
email2 text 100
email3 text 100
employeeType text 30 default=W2
employmentPreference text 200
experience int
externalID text 50
fileAttachments many FileAttachment readonly
firstName text 50 required
hourlyRate decimal
hourlyRateLow decimal
isDeleted bool default=false
isEditable bool default=true
lastName text 50 required
massMailOptOut bool
middleName text 50
mobile text 20
name text 100 required
namePrefix text 5
nameSuffix text 5
nickName text 50
occupation text 100
owner one CorporateUser default=caller
phone text 20
phone2 text 20
placements many Placement:candidate readonly
preferredContact text 15 default=Email
primarySkills many Skill
salary decimal
skillSet text
smsOptIn bool
source text 200
status text 100 default=New_Lead
submissions many JobSubmission:candidate readonly
travelLimit int
type text 100
willRelocate bool
workAuthorized bool
workPhone text 20
`

const jobSubmissionFields = `
appointments many -
billRate decimal
candidate one Candidate required
comments text
customDate1-5 time
customFloat1-5 decimal
customInt1-5 int
customText1-25 text 100
customTextBlock1-5 text
dateAdded time readonly
dateLastModified time readonly
dateWebResponse time default=now
endDate time
history many JobSubmissionHistory:jobSubmission readonly
isDeleted bool default=false
isHidden bool
jobOrder one JobOrder required
migrateGUID text 36
owners many CorporateUser
payRate decimal
salary decimal
sendingUser one CorporateUser default=caller
source text 100
startDate time
status text 30 required
tasks many - readonly
`

const historyFields = `
comments text
dateAdded time readonly
jobSubmission one JobSubmission readonly
modifyingUser one CorporateUser readonly
status text 30 readonly
transactionID text 36
`

const placementFields = `
billingClientContact one ClientContact
billingFrequency text 20
candidate one Candidate required
clientBillRate decimal
clientOvertimeRate decimal
comments text
costCenter text 100
customBillRate1-10 decimal
customPayRate1-10 decimal
customText1-60 text 100
dateAdded time default=now
dateBegin time required
dateEnd time
dateLastModified time readonly
daysGuaranteed int required
daysProRated int required
durationWeeks decimal required
employeeType text 30
employmentStartDate time
employmentType text 200 readonly
fee decimal required
hoursPerDay decimal required
jobOrder one JobOrder required
jobSubmission one JobSubmission
markUpPercentage decimal
overtimeRate decimal
payRate decimal required
positionCode text 100
referralFee decimal required
referralFeeType text 20 required
salary decimal required
salaryUnit text 20 required
status text 30 required
`

const corporationFields = `
address composite
annualRevenue decimal default=0
billingContact text 100
billingFrequency text 20
clientContacts many ClientContact:clientCorporation readonly
companyDescription text
companyURL text 100
customText1-20 text 100
dateAdded time readonly
dateLastModified time readonly
externalID text 30
feeArrangement decimal default=0
fileAttachments many FileAttachment readonly
name text 100 required
notes text
numEmployees int default=0
numOffices int default=1
owners many CorporateUser readonly
phone text 20
status text 30 default=Active
`

const contactFields = `
address composite
clientCorporation one ClientCorporation required
comments text
customText1-20 text 100
dateAdded time default=now
dateLastModified time readonly
division text 40
email text 60 required
externalID text 30
firstName text 50
isDeleted bool default=false
lastName text 50
massMailOptOut bool default=false
mobile text 20
name text 100
numEmployees int default=0
occupation text 100
owner one CorporateUser default=caller
phone text 20
preferredContact text 15 default=Email
source text 200
status text 30 default=Active
type text 30 default=Contact
`

const userFields = `
email text 100
firstName text 50
lastName text 50
name text 100
username text 100
`

const fileFields = `
candidate one Candidate
contentSubType text 30
contentType text 30
dateAdded time readonly
description text
distribution text 30
externalID text 50
fileExtension text 10
fileSize int
fileType text 20
isDeleted bool
isPrivate bool
name text 100
type text 100
uuid text 36
`

// instanceFields are those of a custom object's instances; Support decides which of
// them an account has.
const instanceFields = `
date1-5 time
dateAdded time readonly
dateLastModified time readonly
float1-5 decimal
int1-5 int
text1-10 text 100
textBlock1-5 text
`
