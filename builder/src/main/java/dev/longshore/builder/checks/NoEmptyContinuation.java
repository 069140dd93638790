package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Recipe;

final class NoEmptyContinuation implements Check {

    @Override
    public void file(Recipe recipe, Surroundings surroundings, Findings findings) {
        for (int number : recipe.file().emptyContinuations()) {
            findings.add(Rule.NO_EMPTY_CONTINUATION, recipe.file().source(), number, "Empty continuation line");
        }
    }
}
