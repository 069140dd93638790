package dev.longshore.builder.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileParser;
import org.junit.jupiter.api.Test;

class RecipeTest {

    @Test
    void stagesHaveTheirCommandsNamesAndNumbers() {
        Recipe recipe = recipe("""
                ARG A=1
                ARG B
                FROM a AS One
                RUN x
                ARG A
                FROM b
                FROM One AS two
                COPY --from=0 a b
                """);

        assertThat(recipe.globals()).hasSize(2);
        assertThat(recipe.stages()).hasSize(3);
        assertThat(recipe.stages().getFirst().commands()).hasSize(2);
        assertThat(recipe.find("ONE").orElseThrow().index()).isZero();
        assertThat(recipe.find("1").orElseThrow().from().base()).isEqualTo("b");
        assertThat(recipe.find("three")).isEmpty();
    }

    @Test
    void aDockerfileBeginsWithFrom() {
        assertThatThrownBy(() -> recipe("ARG A\nRUN x\nFROM a\n"))
                .hasMessage("Dockerfile:2: no build stage in current context: a Dockerfile begins with FROM");
        assertThatThrownBy(() -> recipe("ARG A\n")).hasMessage("Dockerfile:1: no build stage in current context");
    }

    @Test
    void everyLineIsCheckedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> recipe("FROM a\nRUN x\nEXPOSE\n"))
                .hasMessage("Dockerfile:3: EXPOSE requires at least one argument");
    }

    private static Recipe recipe(String text) {
        return Recipe.of(DockerfileParser.read("Dockerfile", text));
    }
}
