package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataRulesTest {

    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "Thing");

    @Test
    void aGoodObjectBreaksNoRule() {
        var thing = Resource.of(KIND, "default", "my.thing");
        thing.metadata()
                .putObject("labels")
                .put("app.example.com/name", "a_b-c.1")
                .put("plain", "");
        thing.metadata().putArray("finalizers").add("example.com/wait");

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true)).isEmpty();
    }

    @Test
    void eachBrokenRuleIsNamed() {
        var thing = Resource.of(KIND, "", "Bad_Name");
        thing.metadata().putObject("labels").put("a/b/c", "x").put("fine", "-");
        thing.metadata().putArray("ownerReferences").addObject().put("kind", "Thing");

        assertThat(MetadataRules.check(thing, NameRule.DNS_SUBDOMAIN, true))
                .extracting(Cause::field)
                .contains("metadata.name", "metadata.namespace", "metadata.labels", "metadata.ownerReferences[0].uid");
    }

    @Test
    void anObjectBeingDeletedGetsNoNewFinalizers() {
        var old = Resource.of(KIND, "default", "a");
        old.metadata().put("deletionTimestamp", "2026-01-01T00:00:00Z");
        var changed = old.copy();
        changed.metadata().putArray("finalizers").add("example.com/late");

        assertThat(MetadataRules.checkUpdate(changed, old))
                .extracting(Cause::field)
                .isEqualTo(List.of("metadata.finalizers"));
    }

    @Test
    void generatedNamesKeepTheirBaseAndFitALabel() {
        String name = MetadataRules.generateName("x".repeat(80), new Random(1));

        assertThat(name).hasSize(63).startsWith("x".repeat(58)).matches("x{58}[a-z0-9]{5}");
    }
}
