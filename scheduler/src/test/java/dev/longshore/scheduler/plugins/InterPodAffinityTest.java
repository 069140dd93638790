package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.Sample.HOST;
import static dev.longshore.scheduler.plugins.Sample.ZONE;
import static dev.longshore.scheduler.plugins.Sample.app;
import static dev.longshore.scheduler.plugins.Sample.node;
import static dev.longshore.scheduler.plugins.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterPodAffinityTest {

    private final InterPodAffinity rule = new InterPodAffinity();

    @Test
    void keepsRequiredCompanyTogether() {
        var cluster = new Snapshot(List.of(node("a", "east", pod("db")), node("b", "east"), node("c", "west")));

        assertThat(verdicts(requiring(term("db", ZONE)), cluster))
                .containsExactly(
                        Verdict.FITS, Verdict.FITS, Verdict.rejected("node(s) didn't match pod affinity rules"));
    }

    @Test
    void letsTheFirstOfAGroupBegin() {
        var cluster = new Snapshot(List.of(node("a", "east")));

        assertThat(verdicts(requiring(term("web", ZONE)), cluster)).containsExactly(Verdict.FITS);
        assertThat(verdicts(requiring(term("db", ZONE)), cluster).getFirst()).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void keepsApartWhatEitherSideWantsApart() {
        var cluster = new Snapshot(List.of(node("a", "", avoiding("web")), node("b", "", pod("db"))));

        assertThat(verdicts(pod("web"), cluster))
                .containsExactly(
                        Verdict.crowded("node(s) didn't satisfy existing pods anti-affinity rules"), Verdict.FITS);
        assertThat(verdicts(avoiding("db"), cluster).getLast())
                .isEqualTo(Verdict.crowded("node(s) didn't match pod anti-affinity rules"));
    }

    @Test
    void looksIntoTheNamespacesThatATermNames() {
        PodView elsewhere = pod(
                "db", builder -> builder.editMetadata().withNamespace("other").endMetadata());
        var cluster = new Snapshot(List.of(node("a", "east", elsewhere)));
        PodAffinityTerm here = term("db", ZONE);
        PodAffinityTerm named =
                new PodAffinityTermBuilder(here).withNamespaces("other").build();
        PodAffinityTerm everywhere = new PodAffinityTermBuilder(here)
                .withNamespaceSelector(new LabelSelector())
                .build();

        assertThat(verdicts(requiring(here), cluster).getFirst()).isInstanceOf(Verdict.Rejected.class);
        assertThat(verdicts(requiring(named), cluster)).containsExactly(Verdict.FITS);
        assertThat(verdicts(requiring(everywhere), cluster)).containsExactly(Verdict.FITS);
    }

    @Test
    void prefersCompanyAndAvoidsItByWeight() {
        var cluster = new Snapshot(List.of(node("a", "", pod("db")), node("b", ""), node("c", "", pod("noisy"))));
        PodView next = pod(
                "web",
                builder -> builder.editSpec()
                        .withNewAffinity()
                        .withNewPodAffinity()
                        .addToPreferredDuringSchedulingIgnoredDuringExecution(wish("db"))
                        .endPodAffinity()
                        .withNewPodAntiAffinity()
                        .addToPreferredDuringSchedulingIgnoredDuringExecution(wish("noisy"))
                        .endPodAntiAffinity()
                        .endAffinity()
                        .endSpec());

        assertThat(rule.score(next, cluster.nodes(), cluster)).containsExactly(100, 50, 0);
    }

    @Test
    void heedsWhatPodsThatAreThereWishFor() {
        var cluster = new Snapshot(List.of(node("a", ""), node("b", "", requiring(term("web", HOST)))));

        assertThat(rule.score(pod("web"), cluster.nodes(), cluster)).containsExactly(0, 100);
    }

    private List<Verdict> verdicts(PodView pod, Snapshot cluster) {
        return cluster.nodes().stream()
                .map(node -> rule.filter(pod, node, cluster))
                .toList();
    }

    private static PodAffinityTerm term(String app, String key) {
        return new PodAffinityTermBuilder()
                .withLabelSelector(app(app))
                .withTopologyKey(key)
                .build();
    }

    private static WeightedPodAffinityTerm wish(String app) {
        return new WeightedPodAffinityTerm(term(app, HOST), 10);
    }

    private static PodView requiring(PodAffinityTerm term) {
        return pod(
                "web",
                builder -> builder.editSpec()
                        .withNewAffinity()
                        .withNewPodAffinity()
                        .addToRequiredDuringSchedulingIgnoredDuringExecution(term)
                        .endPodAffinity()
                        .endAffinity()
                        .endSpec());
    }

    private static PodView avoiding(String app) {
        return pod(
                "web",
                builder -> builder.editSpec()
                        .withNewAffinity()
                        .withNewPodAntiAffinity()
                        .addToRequiredDuringSchedulingIgnoredDuringExecution(term(app, HOST))
                        .endPodAntiAffinity()
                        .endAffinity()
                        .endSpec());
    }
}
