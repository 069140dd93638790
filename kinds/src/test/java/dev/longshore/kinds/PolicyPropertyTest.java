package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.FaultException;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Resource;
import dev.longshore.model.Status;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whatever stands in a policy and whatever is written: it is let through, or refused with a Status.
class PolicyPropertyTest {

    private static final List<String> VALUES = List.of(
            "object",
            "oldObject",
            "request",
            "params",
            "namespaceObject",
            "object.spec",
            "object.metadata.name",
            "object.nothing.at.all",
            "object.spec.items",
            "request.userInfo",
            "variables.v",
            "variables.gone",
            "authorizer",
            "authorizer.requestResource.check('get')",
            "1",
            "-9223372036854775808",
            "9223372036854775807",
            "0",
            "18446744073709551615u",
            "1.5e300",
            "'a'",
            "'(a+)+$'",
            "b'\\xff'",
            "true",
            "null",
            "[]",
            "{}",
            "duration('1s')",
            "timestamp('2026-01-01T00:00:00Z')",
            "Object{spec: Object.spec{items: [1]}}",
            "JSONPatch{op: 'add', path: '/spec/x', value: object.spec}");

    private static final List<String> UNARY = List.of(
            "!(%s)",
            "-(%s)",
            "size(%s)",
            "string(%s)",
            "int(%s)",
            "timestamp(%s)",
            "duration(%s)",
            "quantity(%s)",
            "url(%s)",
            "ip(%s)",
            "cidr(%s)",
            "semver(%s)",
            "dyn(%s)",
            "type(%s)",
            "[%s]",
            "[%s, %1$s]",
            "{'a': %s}",
            "{%s: 1}",
            "(%s).all(x, x == x)",
            "(%s).map(x, [x, x])",
            "(%s).exists(x, x > 1)",
            "(%s).matches('(a|aa)+$')",
            "(%s).find('a')",
            "(%s).sum()",
            "(%s).lowerAscii()",
            "optional.of(%s).orValue(1)",
            "has(object.%1$s)",
            "(%s).spec",
            "(%s)[0]",
            "(%s)['a']",
            "(%s)[?'a']",
            "authorizer.path(%s).check('get').allowed()",
            "Object{metadata: %s}",
            "JSONPatch{op: %s, path: %1$s}");

    private static final List<String> BINARY = List.of(
            "(%s) + (%s)",
            "(%s) - (%s)",
            "(%s) * (%s)",
            "(%s) / (%s)",
            "(%s) %% (%s)",
            "(%s) == (%s)",
            "(%s) < (%s)",
            "(%s) && (%s)",
            "(%s) || (%s)",
            "(%s) in (%s)",
            "(%s)[(%s)]",
            "(%s) ? (%s) : 1",
            "(%s).map(y, (%s))",
            "(%s).filter(y, (%s) == y)",
            "[%s, %s]");

    private final Cluster cluster = new Cluster();
    private String last = "";

    @Provide
    Arbitrary<String> expressions() {
        return expression(3);
    }

    private static Arbitrary<String> expression(int depth) {
        Arbitrary<String> value = Arbitraries.of(VALUES);
        if (depth == 0) {
            return value;
        }
        return Arbitraries.oneOf(
                value,
                Combinators.combine(Arbitraries.of(UNARY), expression(depth - 1))
                        .as(String::formatted),
                Combinators.combine(Arbitraries.of(BINARY), expression(depth - 1), expression(depth - 1))
                        .as(String::formatted));
    }

    @Provide
    Arbitrary<JsonNode> trees() {
        return tree(3);
    }

    private static Arbitrary<JsonNode> tree(int depth) {
        Arbitrary<JsonNode> leaf = Arbitraries.of("1", "\"a\"", "\"\\u0000\"", "null", "true", "1e400", "-0.0", "[]")
                .map(Json::parse);
        if (depth == 0) {
            return leaf;
        }
        return Arbitraries.oneOf(
                leaf,
                tree(depth - 1).list().ofMaxSize(3).map(items -> {
                    var list = Json.array();
                    items.forEach(list::add);
                    return list;
                }),
                Arbitraries.maps(Arbitraries.of("items", "spec", "a", "__x", "in", "metadata"), tree(depth - 1))
                        .ofMaxSize(4)
                        .map(fields -> {
                            ObjectNode object = Json.object();
                            fields.forEach(object::set);
                            return object;
                        }));
    }

    private void plant(String kind, String failure, ObjectNode rest) {
        ObjectNode policy = (ObjectNode) Yaml.parse("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: %s
                metadata: {name: p}
                spec:
                  failurePolicy: %s
                  matchConstraints: {resourceRules: [{operations: ["*"], apiGroups: [""], apiVersions: [v1], resources: [pods]}]}
                """.formatted(kind, failure));
        ((ObjectNode) policy.path("spec")).setAll(rest);
        Resource stored = new Resource(policy);
        cluster.kindOf(stored).strategy().applyDefaults(stored);
        cluster.registry.put(stored);
        cluster.registry.put(cluster.read("{apiVersion: v1, kind: Namespace, metadata: {name: default}}"));
        cluster.registry.put(new Resource((ObjectNode) Yaml.parse(
                "{apiVersion: admissionregistration.k8s.io/v1, kind: %sBinding, metadata: {name: b}, spec: {policyName: p, validationActions: [Deny, Audit]}}"
                        .formatted(kind))));
    }

    private void write(String rule, JsonNode spec) {
        ObjectNode pod =
                (ObjectNode) Yaml.parse("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}}");
        pod.set("spec", spec);
        Resource object = new Resource(pod);
        Admission found = Admissions.chosen(cluster.context, AdmissionChoice.DEFAULT, OutboundCall.NONE).stream()
                .filter(one -> one.name().equals(rule))
                .findFirst()
                .orElseThrow();
        var attempt = new Admission.Attempt(
                cluster.call,
                Operation.UPDATE,
                cluster.kindOf(object).resource(),
                object.kind(),
                "",
                "default",
                "p",
                Optional.of(object),
                Optional.of(object.copy()));
        try {
            found.mutate(attempt, cluster.registry);
            found.validate(attempt, cluster.registry);
        } catch (FaultException refused) {
            last = refused.getMessage();
            assertThat(Status.of(refused.fault()).path("status").asString()).isEqualTo("Failure");
        }
    }

    /// Or else the properties below would say nothing.
    @Test
    void thePolicyIsAskedAtAll() {
        ObjectNode rest = Json.object();
        rest.putArray("validations").addObject().put("expression", "!has(object.spec.a)");
        plant("ValidatingAdmissionPolicy", "Fail", rest);

        write("ValidatingAdmissionPolicy", Json.object());
        assertThat(last).isEmpty();
        write("ValidatingAdmissionPolicy", Json.object().put("a", 1));
        assertThat(last).contains("failed expression: !has(object.spec.a)");
    }

    @Property(tries = 150)
    void whateverAPolicyAsks(
            @ForAll("expressions") String rule,
            @ForAll("expressions") String other,
            @ForAll("trees") JsonNode spec,
            @ForAll boolean isStrict) {
        ObjectNode rest = Json.object();
        rest.putArray("variables").addObject().put("name", "v").put("expression", other);
        rest.putArray("validations").addObject().put("expression", rule).put("messageExpression", other);
        rest.putArray("auditAnnotations").addObject().put("key", "k").put("valueExpression", other);
        if (other.length() % 2 == 0) {
            rest.putArray("matchConditions").addObject().put("name", "c").put("expression", other);
        }
        plant("ValidatingAdmissionPolicy", isStrict ? "Fail" : "Ignore", rest);

        write("ValidatingAdmissionPolicy", spec);
    }

    @Property(tries = 150)
    void whateverAPolicyChanges(
            @ForAll("expressions") String patch, @ForAll("trees") JsonNode spec, @ForAll boolean isApplied) {
        ObjectNode rest = Json.object().put("reinvocationPolicy", "IfNeeded");
        rest.putArray("variables").addObject().put("name", "v").put("expression", "object");
        rest.putArray("mutations")
                .addObject()
                .put("patchType", isApplied ? "ApplyConfiguration" : "JSONPatch")
                .putObject(isApplied ? "applyConfiguration" : "jsonPatch")
                .put("expression", isApplied || patch.startsWith("[") ? patch : "[" + patch + "]");
        plant("MutatingAdmissionPolicy", "Fail", rest);

        write("MutatingAdmissionPolicy", spec);
    }
}
