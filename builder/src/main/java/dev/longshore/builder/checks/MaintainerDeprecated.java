package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Line;

final class MaintainerDeprecated implements Check {

    @Override
    public void line(Line line, Findings findings) {
        if (line.keyword().equals("MAINTAINER")) {
            findings.add(
                    Rule.MAINTAINER_DEPRECATED, line, "Maintainer instruction is deprecated in favor of using label");
        }
    }
}
