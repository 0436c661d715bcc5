// Access control through the official Go client: the first token, policies, tokens, roles, auth methods, binding rules, a login, and
// what tokens may and may not do. The cluster asks for rights and has no token yet. Exits with 0 when everything was as it should be.
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/nomad/api"
)

func main() {
	nobody := client("")
	_, _, err := nobody.Nodes().List(nil)
	denied("nodes without a token", err)
	self, _, err := nobody.ACLTokens().Self(nil)
	check("self without a token", err)
	expect(self.AccessorID == "anonymous", "who shows no token is anonymous")

	first, _, err := nobody.ACLTokens().Bootstrap(nil)
	check("bootstrap", err)
	expect(first.Type == "management" && first.SecretID != "", "the first token may do everything")
	_, _, err = nobody.ACLTokens().Bootstrap(nil)
	expect(err != nil && strings.Contains(err.Error(), "ACL bootstrap already done"), "it is made once")

	root := client(first.SecretID)
	_, _, err = root.Nodes().List(nil)
	check("nodes as management", err)
	policies(root)
	tokens(root, nobody)
	roles(root)
	logins(root, nobody)
	fmt.Println("ok")
}

func policies(root *api.Client) {
	_, err := root.ACLPolicies().Upsert(&api.ACLPolicy{Name: "node-read", Description: "Reads nodes", Rules: `node { policy = "read" }`}, nil)
	check("policy", err)
	_, err = root.ACLPolicies().Upsert(&api.ACLPolicy{Name: "bad", Rules: `node { policy = "x" }`}, nil)
	expect(err != nil && strings.Contains(err.Error(), "Invalid node policy"), "a bad policy is refused")
	policy, _, err := root.ACLPolicies().Info("node-read", nil)
	check("policy info", err)
	expect(policy.Rules == `node { policy = "read" }`, "its rules are as they were written")
	list, _, err := root.ACLPolicies().List(nil)
	check("policies", err)
	expect(len(list) == 1 && list[0].Description == "Reads nodes", "it is listed")
}

func tokens(root, nobody *api.Client) {
	made, _, err := root.ACLTokens().Create(&api.ACLToken{Name: "reader", Type: "client", Policies: []string{"node-read"}, ExpirationTTL: time.Hour}, nil)
	check("token", err)
	expect(made.ExpirationTTL == time.Hour && made.ExpirationTime != nil, "it expires")
	reader := client(made.SecretID)
	_, _, err = reader.Nodes().List(nil)
	check("nodes as a reader", err)
	_, err = reader.Nodes().ToggleEligibility("11111111-1111-1111-1111-111111111111", true, nil)
	denied("a write as a reader", err)
	_, _, err = reader.ACLTokens().List(nil)
	denied("tokens as a reader", err)
	self, _, err := reader.ACLTokens().Self(nil)
	check("self", err)
	expect(self.AccessorID == made.AccessorID && self.SecretID == made.SecretID, "it knows itself")
	own, _, err := reader.ACLPolicies().Self(nil)
	check("own policies", err)
	expect(len(own) == 1 && own[0].Name == "node-read", "it knows its policies")

	info, _, err := root.ACLTokens().Info(made.AccessorID, nil)
	check("token info", err)
	expect(info.Name == "reader" && info.SecretID == "", "others are not told its secret")
	info.Name = "renamed"
	changed, _, err := root.ACLTokens().Update(info, nil)
	check("token update", err)
	expect(changed.Name == "renamed" && changed.ExpirationTime != nil, "it is changed")

	once, _, err := reader.ACLTokens().UpsertOneTimeToken(nil)
	check("one-time token", err)
	handed, _, err := nobody.ACLTokens().ExchangeOneTimeToken(once.OneTimeSecretID, nil)
	check("exchange", err)
	expect(handed.SecretID == made.SecretID, "a one-time token gives its token")
	_, _, err = nobody.ACLTokens().ExchangeOneTimeToken(once.OneTimeSecretID, nil)
	denied("a second exchange", err)

	uploaded, _, err := root.ACLTokens().Upload(&api.ACLToken{AccessorID: "11111111-2222-3333-4444-555555555555", SecretID: "66666666-2222-3333-4444-555555555555", Type: "client", Policies: []string{"node-read"}}, nil)
	check("upload", err)
	_, _, err = client(uploaded.SecretID).Nodes().List(nil)
	check("nodes with an uploaded token", err)
	_, err = root.ACLTokens().Delete(uploaded.AccessorID, nil)
	check("token delete", err)
	all, _, err := root.ACLTokens().List(nil)
	check("tokens", err)
	expect(len(all) == 2, "the first token and the reader are left")
}

func roles(root *api.Client) {
	role, _, err := root.ACLRoles().Create(&api.ACLRole{Name: "readers", Policies: []*api.ACLRolePolicyLink{{Name: "node-read"}}}, nil)
	check("role", err)
	named, _, err := root.ACLRoles().GetByName("readers", nil)
	check("role by name", err)
	expect(named.ID == role.ID, "it is found by its name")
	made, _, err := root.ACLTokens().Create(&api.ACLToken{Type: "client", Roles: []*api.ACLTokenRoleLink{{Name: "readers"}}}, nil)
	check("token of a role", err)
	_, _, err = client(made.SecretID).Nodes().List(nil)
	check("nodes by a role", err)
	role.Description = "Read nodes"
	role, _, err = root.ACLRoles().Update(role, nil)
	check("role update", err)
	got, _, err := root.ACLRoles().Get(role.ID, nil)
	check("role info", err)
	expect(got.Description == "Read nodes", "it is changed")
	list, _, err := root.ACLRoles().List(nil)
	check("roles", err)
	expect(len(list) == 1, "it is listed")
}

func logins(root, nobody *api.Client) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check("key", err)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	check("public key", err)
	method, _, err := root.ACLAuthMethods().Create(&api.ACLAuthMethod{
		Name: "ci", Type: api.ACLAuthMethodTypeJWT, TokenLocality: "local", MaxTokenTTL: 10 * time.Minute,
		Config: &api.ACLAuthMethodConfig{
			JWTValidationPubKeys: []string{string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))},
			BoundAudiences:       []string{"steppe"},
			ListClaimMappings:    map[string]string{"groups": "groups"},
		}}, nil)
	check("auth method", err)
	expect(method.MaxTokenTTL == 10*time.Minute, "its tokens last ten minutes")
	rule, _, err := root.ACLBindingRules().Create(&api.ACLBindingRule{AuthMethod: "ci", Selector: "eng in list.groups", BindType: api.ACLBindingRuleBindTypeRole, BindName: "readers"}, nil)
	check("binding rule", err)

	token, _, err := nobody.ACLAuth().Login(&api.ACLLoginRequest{AuthMethodName: "ci", LoginToken: sign(key, "eng")}, nil)
	check("login", err)
	_, _, err = client(token.SecretID).Nodes().List(nil)
	check("nodes after a login", err)
	_, _, err = nobody.ACLAuth().Login(&api.ACLLoginRequest{AuthMethodName: "ci", LoginToken: sign(key, "sales")}, nil)
	expect(err != nil && strings.Contains(err.Error(), "no role or policy bindings matched"), "others get nothing")

	rules, _, err := root.ACLBindingRules().List(nil)
	check("binding rules", err)
	expect(len(rules) == 1, "the rule is listed")
	rule.Description = "Engineers read"
	_, _, err = root.ACLBindingRules().Update(rule, nil)
	check("binding rule update", err)
	got, _, err := root.ACLBindingRules().Get(rule.ID, nil)
	check("binding rule info", err)
	expect(got.Description == "Engineers read", "it is changed")
	methods, _, err := nobody.ACLAuthMethods().List(nil)
	check("auth methods", err)
	expect(len(methods) == 1, "everybody sees how to log in")
	_, err = root.ACLBindingRules().Delete(rule.ID, nil)
	check("binding rule delete", err)
	_, err = root.ACLAuthMethods().Delete("ci", nil)
	check("auth method delete", err)
}

func sign(key *rsa.PrivateKey, group string) string {
	claims, err := json.Marshal(map[string]any{"sub": "build", "aud": "steppe", "groups": []string{group}, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()})
	check("claims", err)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	hash := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	check("signature", err)
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func client(secret string) *api.Client {
	config := api.DefaultConfig()
	config.SecretID = secret
	made, err := api.NewClient(config)
	check("client", err)
	return made
}

func denied(what string, err error) {
	expect(err != nil && strings.Contains(err.Error(), "Permission denied"), what+" is denied")
}

func check(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func expect(holds bool, what string) {
	if !holds {
		fail("not so: " + what)
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
