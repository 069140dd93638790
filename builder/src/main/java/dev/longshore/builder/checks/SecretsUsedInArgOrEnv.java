package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Goes by the words of a name: `API_TOKEN` is meant, `TOKEN_FILE`, `TOKENIZER` and `PUBLIC_KEY` are not.
final class SecretsUsedInArgOrEnv implements Check {

    private static final Pattern SECRET =
            word("apikey|auth|credential|credentials|key|password|pword|passwd|secret|token");
    private static final Pattern HARMLESS = word("public|file|version");

    private static Pattern word(String words) {
        return Pattern.compile("(?:_|^)(?:" + words + ")(?:_|$)", Pattern.CASE_INSENSITIVE);
    }

    @Override
    public void step(Step step, Findings findings) {
        for (String name : names(step)) {
            if (SECRET.matcher(name).find() && !HARMLESS.matcher(name).find()) {
                findings.add(
                        Rule.SECRETS_USED_IN_ARG_OR_ENV,
                        step.line(),
                        "Do not use ARG or ENV instructions for sensitive data ("
                                + step.line().keyword() + " " + GoText.quoted(name) + ")");
            }
        }
    }

    private static List<String> names(Step step) {
        var names = new ArrayList<String>();
        switch (step.command()) {
            case Command.Arg arg -> arg.declarations().forEach(declared -> names.add(declared.name()));
            case Command.Env env -> {
                for (int i = 0; i < env.pairs().size(); i++) {
                    names.add(step.words().get(2 * i).text());
                }
            }
            default -> {}
        }
        return names;
    }
}
