package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Locale;

final class StageNameCasing implements Check {

    private static final int WITH_NAME = 3;

    @Override
    public void line(Line line, Findings findings) {
        List<String> words = line.fields();
        boolean isNamed = line.keyword().equals("FROM")
                && words.size() == WITH_NAME
                && words.get(1).equalsIgnoreCase("as");
        if (isNamed && !words.get(2).equals(words.get(2).toLowerCase(Locale.ROOT))) {
            findings.add(Rule.STAGE_NAME_CASING, line, "Stage name '" + words.get(2) + "' should be lowercase");
        }
    }
}
