package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.ResourceDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeConfigTest {

    @Test
    void tellsWhetherWhatIsOffByDefaultIsOn() {
        String version = "certificates.k8s.io/v1beta1";

        assertThat(RuntimeConfig.DEFAULT.serves(version, "clustertrustbundles")).isFalse();
        assertThat(RuntimeConfig.parse("api/beta=true").serves(version, "clustertrustbundles"))
                .isTrue();
        assertThat(RuntimeConfig.parse(version + "=true," + version + "/clustertrustbundles=false")
                        .serves(version, "clustertrustbundles"))
                .isFalse();
    }

    @Test
    void withoutASwitchEverythingIsAsItsDefinitionHasIt() {
        assertThat(served("")).containsExactly("v1/Widget", "example.com/v1/Gadget");
    }

    @Test
    void versionsAreSwitchedByStability() {
        assertThat(served("api/alpha=true"))
                .containsExactly("v1/Widget", "example.com/v1/Gadget", "example.com/v1alpha1/Gadget");
        assertThat(served("api/all")).hasSize(5);
        assertThat(served("api/all=true,api/beta=false"))
                .containsExactly("v1/Widget", "example.com/v1/Gadget", "example.com/v1alpha1/Gadget");
    }

    @Test
    void theMoreSpecialSwitchWinsWhereverItStands() {
        assertThat(served("example.com/v1beta1=true,api/beta=false")).contains("example.com/v1beta1/Gadget");
        assertThat(served("example.com/v1beta1/gadgets=true"))
                .contains("example.com/v1beta1/Gadget")
                .doesNotContain("example.com/v1beta1/Gizmo");
        assertThat(served("api/all=false,v1=true")).containsExactly("v1/Widget");
        assertThat(served("api/v1/widgets=false")).containsExactly("example.com/v1/Gadget");
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertRefused("api/beta=maybe", "api/beta", "maybe");
        assertRefused("example.com=true", "example.com", "GROUP/VERSION");
        assertRefused("example.com/v9=true", "unknown", "example.com/v9");
        assertRefused("v1/pots=false", "unknown", "v1/pots");
        assertRefused("api/all=false", "nothing");
    }

    private static void assertRefused(String text, String... parts) {
        assertThatThrownBy(() -> served(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private static List<String> served(String text) {
        return RuntimeConfig.parse(text).served(definitions()).stream()
                .map(definition ->
                        definition.kind().apiVersion() + "/" + definition.kind().kind())
                .toList();
    }

    private static List<ResourceDefinition> definitions() {
        return List.of(
                Samples.plain("", "v1", "Widget", "widgets"),
                Samples.plain("example.com", "v1", "Gadget", "gadgets"),
                Samples.plain("example.com", "v1beta1", "Gadget", "gadgets"),
                Samples.plain("example.com", "v1beta1", "Gizmo", "gizmos"),
                Samples.plain("example.com", "v1alpha1", "Gadget", "gadgets"));
    }
}
