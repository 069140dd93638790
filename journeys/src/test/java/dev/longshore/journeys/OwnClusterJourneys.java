package dev.longshore.journeys;

import org.junit.platform.suite.api.ExcludeEngines;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeTags;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/// The journeys with real containers that have clusters of their own and mind nobody beside them.
@Suite
@SelectPackages("dev.longshore.journeys")
@IncludeClassNamePatterns(".*Test")
@IncludeTags(OwnClusterJourneys.TAG)
@ExcludeEngines("junit-platform-suite")
final class OwnClusterJourneys {

    /// Beside [ContainerJourneys#TAG].
    static final String TAG = "own-cluster";

    private OwnClusterJourneys() {}
}
