package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.base.Yaml;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class ReviewTest {

    private static final String AUTHORIZATION = "authorization.k8s.io/v1";

    private final Cluster cluster = new Cluster();

    private Fault refusal(String apiVersion, String kind, String namespace, String object) {
        var review = new Resource((ObjectNode) Yaml.parse(object));
        review.tree().put("apiVersion", apiVersion).put("kind", kind);
        var resource = cluster.kind(apiVersion, kind).virtual().orElseThrow();
        return catchThrowableOfType(
                        FaultException.class, () -> resource.create(cluster.call, cluster.registry, namespace, review))
                .fault();
    }

    private List<String> causes(String kind, String namespace, String object) {
        var invalid = (Fault.Invalid) refusal(AUTHORIZATION, kind, namespace, object);
        return invalid.causes().stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
    }

    @Test
    void aQuestionIsAboutSomethingAndSomebody() {
        assertThat(causes("SubjectAccessReview", "", "{spec: {}}"))
                .containsExactly(
                        "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or"
                                + " resourceAttributes must be specified",
                        "spec.user: Invalid value: \"\": at least one of user or group must be specified");
        assertThat(causes(
                        "SelfSubjectAccessReview",
                        "",
                        "{spec: {resourceAttributes: {verb: get}, nonResourceAttributes: {path: /}}}"))
                .containsExactly(
                        "spec.nonResourceAttributes: Invalid value: {\"Path\":\"/\",\"Verb\":\"\"}: cannot be specified in"
                                + " combination with resourceAttributes");
    }

    @Test
    void aQuestionHasNoName() {
        assertThat(causes(
                        "SelfSubjectAccessReview",
                        "",
                        "{metadata: {name: a}, spec: {resourceAttributes: {verb: get}}}"))
                .containsExactly("metadata: Invalid value: {\"name\":\"a\"}: must be empty");
    }

    @Test
    void aQuestionInANamespaceIsAboutIt() {
        assertThat(causes(
                        "LocalSubjectAccessReview",
                        "a",
                        "{metadata: {namespace: a}, spec: {user: u, resourceAttributes: {namespace: b}}}"))
                .containsExactly(
                        "spec.resourceAttributes.namespace: Invalid value: \"b\": must match" + " metadata.namespace");
        assertThat(causes(
                        "LocalSubjectAccessReview",
                        "a",
                        "{metadata: {namespace: a}, spec: {user: u, nonResourceAttributes: {path: /}}}"))
                .containsExactly(
                        "spec.nonResourceAttributes: Invalid value: {\"Path\":\"/\",\"Verb\":\"\"}: disallowed on this kind"
                                + " of request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | .requirements: Required value: when spec.resourceAttributes.labelSelector is specified, requirements or"
                        + " rawSelector is required",
                "{rawSelector: a, requirements: [{key: a, operator: Exists}]} | .rawSelector: Invalid value: \"a\": may not"
                        + " specified at the same time as requirements",
                "{requirements: [{key: a, operator: In, values: ['-']}]} | .requirements[0].values[0]: Invalid value: \"-\": a"
                        + " valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and"
                        + " must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345',"
                        + " regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
                "{requirements: [{key: a, operator: In}]} | .requirements[0].values: Required value: must be specified when"
                        + " `operator` is 'In' or 'NotIn'",
                "{requirements: [{key: a, operator: Exists, values: [b]}]} | .requirements[0].values: Forbidden: may not be"
                        + " specified when `operator` is 'Exists' or 'DoesNotExist'",
            },
            quoteCharacter = '~')
    void selectorsThatAreNoneAreRefused(String selector, String cause) {
        assertThat(causes(
                        "SelfSubjectAccessReview",
                        "",
                        "{spec: {resourceAttributes: {verb: list, labelSelector: " + selector + "}}}"))
                .containsExactly("spec.resourceAttributes.labelSelector" + cause);
    }

    private Resource answer(String apiVersion, String kind, String object) {
        var review = new Resource((ObjectNode) Yaml.parse(object));
        review.tree().put("apiVersion", apiVersion).put("kind", kind);
        var resource = cluster.kind(apiVersion, kind).virtual().orElseThrow();
        return resource.create(cluster.call, cluster.registry, "", review);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labelSelector: {requirements: [{key: a, operator: Has}]} | labelSelector ignored due to parse error",
                "labelSelector: {requirements: [{key: a, operator: Has}, {key: a, operator: Exists}]} | labelSelector partially"
                        + " ignored due to parse error",
                "labelSelector: {rawSelector: 'a in'} | labelSelector ignored due to parse error",
                "fieldSelector: {requirements: [{key: a, operator: Exists}]} | fieldSelector ignored due to parse error",
                "fieldSelector: {rawSelector: a} | fieldSelector ignored due to parse error",
            },
            quoteCharacter = '~')
    void whatOfASelectorCannotBeReadIsLeftOutAndTold(String selector, String error) {
        Resource answer = answer(
                AUTHORIZATION,
                "SelfSubjectAccessReview",
                "{spec: {resourceAttributes: {verb: list, resource: pods, " + selector + "}}}");
        assertThat(answer.text("status", "evaluationError")).isEqualTo("spec.resourceAttributes." + error);
    }

    @Test
    void aRefusedQuestionIsOfNoKind() {
        var refused = (Fault.Invalid) refusal(AUTHORIZATION, "SelfSubjectAccessReview", "", "{spec: {}}");
        assertThat(refused.kind().kind()).isEmpty();
    }

    @Test
    void theAnswerAboutOneselfHasNothingOfTheQuestion() {
        Resource rules =
                answer(AUTHORIZATION, "SelfSubjectRulesReview", "{metadata: {name: a}, spec: {namespace: default}}");
        assertThat(rules.object("metadata")).isEmpty();
        assertThat(rules.object("spec")).isEmpty();
        Resource self = answer("authentication.k8s.io/v1", "SelfSubjectReview", "{metadata: {name: a}}");
        assertThat(self.metadata().propertyNames()).containsExactly("creationTimestamp");
        assertThat(self.text("status", "userInfo", "username")).isNotEmpty();
    }

    @Test
    void aTokenIsAskedAboutOnlyIfThereIsOne() {
        assertThat(refusal("authentication.k8s.io/v1", "TokenReview", "", "{spec: {}}"))
                .isEqualTo(new Fault.BadRequest("token is required for TokenReview in authentication"));
    }
}
