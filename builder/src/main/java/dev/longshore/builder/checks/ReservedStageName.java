package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.GoText;
import java.util.Set;

final class ReservedStageName implements Check {

    private static final Set<String> RESERVED = Set.of("context", "scratch");

    @Override
    public void file(Recipe recipe, Surroundings surroundings, Findings findings) {
        for (Recipe.Stage stage : recipe.stages()) {
            stage.from()
                    .name()
                    .filter(RESERVED::contains)
                    .ifPresent(name -> findings.add(
                            Rule.RESERVED_STAGE_NAME,
                            stage.from().line(),
                            "Stage name should not use the same name as reserved stage " + GoText.quoted(name)));
        }
    }
}
