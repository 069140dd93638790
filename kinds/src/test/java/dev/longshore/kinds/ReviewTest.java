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
                .containsExactly("spec.nonResourceAttributes: Invalid value: {\"path\":\"/\"}: cannot be specified in"
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
                .containsExactly("spec.nonResourceAttributes: Invalid value: {\"path\":\"/\"}: disallowed on this kind"
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
                "{requirements: [{key: a, operator: Has}]} | .requirements[0].operator: Invalid value: \"Has\": not a valid"
                        + " selector operator",
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

    @Test
    void aTokenIsAskedAboutOnlyIfThereIsOne() {
        assertThat(refusal("authentication.k8s.io/v1", "TokenReview", "", "{spec: {}}"))
                .isEqualTo(new Fault.BadRequest("token is required for TokenReview in authentication"));
    }
}
