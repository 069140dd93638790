package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What most instructions have, all should have; where they are equally many, upper case. ARGs before the first
/// stage do not count.
final class ConsistentInstructionCasing implements Check {

    @Override
    public void file(Recipe recipe, Surroundings surroundings, Findings findings) {
        List<Line> lines = recipe.stages().stream()
                .flatMap(stage -> Stream.concat(
                        Stream.of(stage.from().line()),
                        stage.commands().stream().map(Command::line)))
                .toList();
        long lower = lines.stream().filter(line -> isLower(line.spelling())).count();
        long upper = lines.stream().filter(line -> isUpper(line.spelling())).count();
        boolean wantsLower = lower > upper;
        for (Line line : lines) {
            if (wantsLower ? !isLower(line.spelling()) : !isUpper(line.spelling())) {
                findings.add(
                        Rule.CONSISTENT_INSTRUCTION_CASING,
                        line,
                        "Command '" + line.spelling() + "' should match the case of the command majority ("
                                + (wantsLower ? "lowercase" : "uppercase") + ")");
            }
        }
    }

    private static boolean isLower(String word) {
        return word.equals(word.toLowerCase(Locale.ROOT));
    }

    private static boolean isUpper(String word) {
        return word.equals(word.toUpperCase(Locale.ROOT));
    }
}
