// The tables [timeouts] and [checkpoint], which several kinds of job files have (job.h).
#pragma once

#include "runtime/job.h"
#include "runtime/toml_reader.h"

namespace sotto::runtime {

// What the file does not say stays as it is.
void read_schedules(TomlReader& reader, double& connect_seconds, double& stall_seconds,
                    CheckpointSchedule& schedule);

}  // namespace sotto::runtime
