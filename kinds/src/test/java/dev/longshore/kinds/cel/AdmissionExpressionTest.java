package dev.longshore.kinds.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Expressions about requests: what they see, what they can ask the authorizer, and what patches they make.
class AdmissionExpressionTest {

    private static final JsonNode OBJECT = Yaml.parse("""
            {apiVersion: apps/v1, kind: Deployment,
             metadata: {name: web, namespace: shop, labels: {app.kubernetes.io/name: web}},
             spec: {replicas: 6, ratio: 1.5, template: {spec: {containers: [{name: c, image: 'nginx:1'}]}}}}
            """);
    private static final JsonNode REQUEST = Yaml.parse("""
            {kind: {group: apps, version: v1, kind: Deployment}, resource: {group: apps, version: v1, resource: deployments},
             name: web, namespace: shop, operation: CREATE, userInfo: {username: ann, groups: [devs], extra: {}},
             dryRun: false, options: {apiVersion: meta.k8s.io/v1, kind: CreateOptions}}
            """);
    private static final JsonNode NAMESPACE = Yaml.parse("""
            {metadata: {name: shop, labels: {environment: production}}, spec: {finalizers: [kubernetes]},
             status: {phase: Active}}
            """);
    private static final JsonNode NONE = MissingNode.getInstance();

    private final List<Authorizer.Attributes> asked = new ArrayList<>();

    private Authorizer.Decision decide(Authorizer.Attributes attributes) {
        asked.add(attributes);
        return switch (attributes.verb()) {
            case "fail" -> throw new IllegalStateException("nobody is there");
            case "create" -> new Authorizer.Decision.Allow("because");
            default -> new Authorizer.Decision.NoOpinion("");
        };
    }

    private AdmissionInput input() {
        var user = UserInfo.of("ann", "devs");
        var about = new Authorizer.Attributes(user, "", "apps", "", "deployments", "scale", "shop", "web", "");
        return new AdmissionInput(
                OBJECT,
                NONE,
                Json.object().put("most", 5),
                REQUEST,
                NAMESPACE,
                Optional.of(new AdmissionInput.Permissions(user, this::decide, about)));
    }

    private AdmissionValues values(AdmissionComposition composition) {
        return new AdmissionValues(input(), composition, new CostBudget(CostBudget.OF_AN_OBJECT));
    }

    private Object evaluate(String text) throws Exception {
        return AdmissionExpression.compile(text, AdmissionScope.of(true, true), AdmissionExpression.Answer.BOOL)
                .evaluate(values(AdmissionComposition.NONE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "object.spec.replicas > params.most",
                "object.spec.ratio < 2 && object.metadata.namespace == request.namespace",
                "oldObject == null && object != null",
                "has(object.spec.replicas) && !has(object.status)",
                "object.metadata.labels['app.kubernetes.io/name'] == 'web'",
                "object.spec.template.spec.containers.all(c, c.image.startsWith('nginx:'))",
                "request.userInfo.username == 'ann' && 'devs' in request.userInfo.groups",
                "request.resource.resource == 'deployments' && request.operation == 'CREATE' && !request.dryRun",
                "request.options.kind == 'CreateOptions'",
                "namespaceObject.metadata.labels['environment'] == 'production'",
                "namespaceObject.status.phase == 'Active'",
                "authorizer.group('apps').resource('deployments').namespace('shop').check('create').allowed()",
                "!authorizer.group('').resource('pods').check('delete').allowed()",
                "authorizer.requestResource.check('create').reason() == 'because'",
                "authorizer.path('/healthz').check('create').allowed()",
                "authorizer.serviceAccount('shop', 'robot').group('').resource('pods').check('create').allowed()",
                "authorizer.group('').resource('pods').fieldSelector('a=b').labelSelector('c').check('fail').errored()",
                "authorizer.group('').resource('pods').check('fail').error() == 'nobody is there'",
                "object.?status.?phase.orValue('none') == 'none'",
                "'%s has %d'.format([object.metadata.name, 6]) == 'web has 6'"
            })
    void seesTheRequest(String text) throws Exception {
        assertThat(evaluate(text)).as(text).isEqualTo(true);
    }

    @Test
    void asksTheAuthorizerAboutWhatItWasToldTo() throws Exception {
        evaluate("authorizer.group('g').resource('r').subresource('s').namespace('n').name('x').check('v').allowed()");
        evaluate("authorizer.requestResource.check('update').allowed()");
        evaluate("authorizer.serviceAccount('shop', 'robot').path('/p').check('get').allowed()");

        assertThat(asked)
                .containsExactly(
                        new Authorizer.Attributes(UserInfo.of("ann", "devs"), "v", "g", "*", "r", "s", "n", "x", ""),
                        new Authorizer.Attributes(
                                UserInfo.of("ann", "devs"),
                                "update",
                                "apps",
                                "*",
                                "deployments",
                                "scale",
                                "shop",
                                "web",
                                ""),
                        new Authorizer.Attributes(
                                UserInfo.serviceAccount("shop", "robot", ""), "get", "", "", "", "", "", "", "/p"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            object.spec.nope == 1 ~ no such key: nope
            authorizer.path(' ').check('get').allowed() ~ path must not be empty
            authorizer.group('').resource('').check('get').allowed() ~ resource must not be empty
            authorizer.serviceAccount('a', 'B!').path('/').check('get').allowed() ~ Invalid service account name
            """)
    void failsWithAReason(String text, String why) {
        assertThatThrownBy(() -> evaluate(text))
                .isInstanceOf(Expression.Failed.class)
                .hasMessage(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            object.x + ~ compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>' expecting
            nope == 1 ~ `compilation failed: ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\\n | nope == 1\\n | ^`
            request.nope ~ `compilation failed: ERROR: <input>:1:8: undefined field 'nope'\\n | request.nope\\n | .......^`
            1 + 'a' == 2 ~ `compilation failed: ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'`
            variables.x ~ `compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' (in container '')`
            object.x == [1, 'a'] ~ `compilation failed: ERROR: <input>:1:17: expected type 'int' but found 'string'`
            object.x == {'a': 1, 'b': dyn(1)} ~ `compilation failed: ERROR: <input>:1:30: expected type 'int' but found 'dyn'`
            duration('1') == duration('1s') ~ `compilation failed: ERROR: <input>:1:10: invalid duration argument\n | duration('1') == duration('1s')\n | .........^`
            timestamp('2020-01-01') == timestamp(object.x) ~ `compilation failed: ERROR: <input>:1:11: invalid timestamp argument`
            'a'.matches('(') ~ `compilation failed: ERROR: <input>:1:13: invalid matches argument`
            1 ~ must evaluate to bool but got int
            object ~ must evaluate to bool but got dyn
            JSONPatch{op: 'add'} == null ~ `compilation failed: ERROR: <input>:1:10: undeclared reference to 'JSONPatch' (in container '')`
            """)
    void refusesWhatMakesNoSense(String text, String why) {
        assertThatThrownBy(() -> evaluate(text))
                .isInstanceOf(Expression.Malformed.class)
                .hasMessageStartingWith(why.replace("\\n", "\n"));
    }

    @Test
    void composesVariablesThatAreEvaluatedOnceAndOnlyWhenAskedFor() throws Exception {
        var composition = new AdmissionComposition(AdmissionScope.of(true, true).composed());
        composition.add("allowed", "authorizer.path('/p').check('create').allowed()");
        composition.add("twice", "variables.allowed && variables.allowed");
        composition.add("never", "object.nope.nope");
        var rule = AdmissionExpression.compile(
                "variables.twice || variables.never", composition.scope(), AdmissionExpression.Answer.BOOL);

        assertThat(rule.evaluate(values(composition))).isEqualTo(true);
        assertThat(asked).hasSize(1);
    }

    @Test
    void knowsTheTypesOfVariables() throws Exception {
        var composition = new AdmissionComposition(AdmissionScope.of(true, true).composed());
        composition.add("texts", "['a', 'b']");
        composition.add("count", "variables.texts.size()");

        assertThatThrownBy(() -> composition.add("bad", "variables.count == 'a'"))
                .hasMessageContaining("found no matching overload for '_==_' applied to '(int, string)'");
        assertThatThrownBy(() -> AdmissionExpression.compile(
                        "variables.other", composition.scope(), AdmissionExpression.Answer.BOOL))
                .hasMessageContaining("undefined field 'other'");
    }

    @Test
    void failsWithTheVariableThatFailed() throws Exception {
        var composition = new AdmissionComposition(AdmissionScope.of(true, true).composed());
        composition.add("bad", "object.nope == 1");
        try {
            composition.add("worse", "nope");
        } catch (Expression.Malformed known) {
            assertThat(known).hasMessageContaining("undeclared reference");
        }
        var first = AdmissionExpression.compile(
                "variables.bad",
                composition.scope().variable("bad", Optional.empty()),
                AdmissionExpression.Answer.ANYTHING);
        var second = AdmissionExpression.compile(
                "variables.worse", composition.scope(), AdmissionExpression.Answer.ANYTHING);
        var either = AdmissionExpression.compile(
                "variables.bad || true", composition.scope(), AdmissionExpression.Answer.BOOL);

        assertThatThrownBy(() -> first.evaluate(values(composition)))
                .hasMessage("composited variable \"bad\" fails to evaluate: no such key: nope");
        assertThatThrownBy(() -> second.evaluate(values(composition)))
                .hasMessageStartingWith(
                        "composited variable \"worse\" fails to compile: compilation failed: ERROR: <input>:1:1: undeclared");
        assertThat(either.evaluate(values(composition))).isEqualTo(true);
    }

    @Test
    void chargesVariablesToTheBudget() throws Exception {
        var composition =
                new AdmissionComposition(AdmissionScope.of(false, false).composed());
        composition.add("many", "['a','b','c','d','e','f'].map(x, x + x + x + x)");
        var rule = AdmissionExpression.compile(
                "variables.many.size() == 6", composition.scope(), AdmissionExpression.Answer.BOOL);
        var budget = new CostBudget(40);

        assertThatThrownBy(() -> rule.evaluate(new AdmissionValues(input(), composition, budget)))
                .isInstanceOf(Expression.TooCostly.class);
        assertThat(budget.isSpent()).isTrue();
    }

    private JsonNode make(String text, AdmissionExpression.Answer answer) throws Exception {
        return AdmissionExpression.compile(text, AdmissionScope.of(true, true).patching(true), answer)
                .make(values(AdmissionComposition.NONE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Object{spec: Object.spec{replicas: object.spec.replicas + 1}} ~ {"spec":{"replicas":7}}
            Object{metadata: Object.metadata{labels: {'a': 'b'}}} ~ {"metadata":{"labels":{"a":"b"}}}
            Object{spec: Object.spec{containers: object.spec.template.spec.containers.map(c, Object.spec.containers.item{name: c.name})}} ~ `!type mismatch: unexpected type name "Object.spec.containers.item", expected "Object.spec.containers", which matches field name path from root Object type`
            Object{spec: Object.spec{list: [Object.spec.list{a: 1.5, b: true, c: null}]}} ~ {"spec":{"list":[{"a":1.5,"b":true,"c":null}]}}
            Object{spec: Object.spec{?a: optional.none(), ?b: optional.of(1)}} ~ {"spec":{"b":1}}
            has(object.spec.x) ? Object{} : Object{kind: 'x'} ~ {"kind":"x"}
            Object{spec: Object.wrong{}} ~ `!type mismatch: unexpected type name "Object.wrong", expected "Object.spec", which matches field name path from root Object type`
            """)
    void makesObjects(String text, String json) throws Exception {
        compare(text, json, AdmissionExpression.Answer.OBJECT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            [JSONPatch{op: 'add', path: '/spec/replicas', value: 3}] ~ [{"op":"add","path":"/spec/replicas","value":3}]
            [JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b') + 'x', value: 'y'}] ~ [{"op":"add","path":"/metadata/labels/a#1bx","value":"y"}]
            [JSONPatch{op: 'move', from: '/a', path: '/b'}] ~ [{"op":"move","path":"/b","from":"/a"}]
            [JSONPatch{op: 'add', path: '/x', value: Object.spec.x{a: {'b': [1, 2]}}}] ~ [{"op":"add","path":"/x","value":{"a":{"b":[1,2]}}}]
            false ? [JSONPatch{op: 'remove', path: '/x'}] : [] ~ []
            """)
    void makesPatches(String text, String json) throws Exception {
        compare(text, json.replace('#', '~'), AdmissionExpression.Answer.PATCHES);
    }

    private void compare(String text, String json, AdmissionExpression.Answer answer) throws Exception {
        if (json.startsWith("!")) {
            assertThatThrownBy(() -> make(text, answer)).hasMessage(json.substring(1));
        } else {
            assertThat(make(text, answer).toString()).isEqualTo(json);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            object ~ must evaluate to Object but got dyn
            Object.spec{} ~ must evaluate to Object but got Object.spec
            [JSONPatch{op: 'add'}] ~ must evaluate to Object but got list(JSONPatch)
            JSONPatch{oops: 'add'} ~ compilation failed: ERROR: <input>:1:15: undefined field 'oops'
            JSONPatch{op: 1} ~ `compilation failed: ERROR: <input>:1:13: expected type of field 'op' is 'string' but provided type is 'int'`
            """)
    void refusesPatchesOfTheWrongType(String text, String why) {
        assertThatThrownBy(() -> make(text, AdmissionExpression.Answer.OBJECT)).hasMessageStartingWith(why);
    }
}
