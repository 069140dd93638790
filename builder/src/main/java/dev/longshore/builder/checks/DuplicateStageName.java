package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.GoText;
import java.util.HashSet;
import java.util.Set;

final class DuplicateStageName implements Check {

    @Override
    public void file(Recipe recipe, Surroundings surroundings, Findings findings) {
        Set<String> seen = new HashSet<>();
        for (Recipe.Stage stage : recipe.stages()) {
            stage.from()
                    .name()
                    .filter(name -> !seen.add(name))
                    .ifPresent(name -> findings.add(
                            Rule.DUPLICATE_STAGE_NAME,
                            stage.from().line(),
                            "Duplicate stage name " + GoText.quoted(name) + ", stage names should be unique"));
        }
    }
}
