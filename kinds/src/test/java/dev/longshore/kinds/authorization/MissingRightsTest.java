package dev.longshore.kinds.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissingRightsTest {

    private static List<Rule> rules(String yaml) {
        return Rule.of(Yaml.parse("rules: [" + yaml + "]"));
    }

    private static List<String> missing(String held, String wanted) {
        return MissingRights.of(rules(held), rules(wanted));
    }

    @Test
    void verbsOfOneResourceAreToldTogetherInTheirOrder() {
        assertThat(missing(
                        "{apiGroups: [''], resources: [pods], verbs: [watch]}",
                        "{apiGroups: [''], resources: [pods, secrets], verbs: [list, watch, get]}"))
                .containsExactly(
                        "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\" \"get\"]}",
                        "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"list\" \"watch\" \"get\"]}");
    }

    @Test
    void namesAreToldApart() {
        assertThat(missing(
                        "{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: [a]}",
                        "{apiGroups: [''], resources: [pods], verbs: [get, delete], resourceNames: [a, b]}"))
                .containsExactly(
                        "{APIGroups:[\"\"], Resources:[\"pods\"], ResourceNames:[\"a\"], Verbs:[\"delete\"]}",
                        "{APIGroups:[\"\"], Resources:[\"pods\"], ResourceNames:[\"b\"], Verbs:[\"get\" \"delete\"]}");
    }

    @Test
    void oneNameIsNotAll() {
        assertThat(missing(
                        "{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: [a]}",
                        "{apiGroups: [''], resources: [pods], verbs: [get]}"))
                .containsExactly("{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}");
    }

    @Test
    void pathsAreToldOneByOne() {
        assertThat(missing(
                        "{nonResourceURLs: ['/healthz/*'], verbs: [get]}",
                        "{nonResourceURLs: ['/healthz/etcd', '/metrics', '/*'], verbs: [get, post]}"))
                .containsExactly(
                        "{NonResourceURLs:[\"/*\"], Verbs:[\"get\"]}",
                        "{NonResourceURLs:[\"/*\"], Verbs:[\"post\"]}",
                        "{NonResourceURLs:[\"/healthz/etcd\"], Verbs:[\"post\"]}",
                        "{NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}",
                        "{NonResourceURLs:[\"/metrics\"], Verbs:[\"post\"]}");
    }

    @Test
    void starsCoverWhatTheyStandForAndNothingCoversAStarButAStar() {
        String all = "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}";
        assertThat(missing(all, "{apiGroups: [apps], resources: [deployments/scale], verbs: [update]}"))
                .isEmpty();
        assertThat(missing(
                        "{apiGroups: [apps], resources: ['*/scale'], verbs: [update]}",
                        "{apiGroups: [apps], resources: [deployments/scale], verbs: [update]}"))
                .isEmpty();
        assertThat(missing(
                        "{apiGroups: [apps], resources: [deployments], verbs: [get, list, watch]}",
                        "{apiGroups: [apps], resources: [deployments], verbs: ['*']}"))
                .containsExactly("{APIGroups:[\"apps\"], Resources:[\"deployments\"], Verbs:[\"*\"]}");
        assertThat(missing(all, "{nonResourceURLs: ['/'], verbs: [get]}"))
                .containsExactly("{NonResourceURLs:[\"/\"], Verbs:[\"get\"]}");
    }
}
