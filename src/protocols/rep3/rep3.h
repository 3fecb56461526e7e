// rep3: three parties, honest majority, semi-honest: replicated secret sharing over Z_2^64 (Araki et al., CCS
// 2016; Mohassel and Rindal, ABY3, CCS 2018), with one party dealing correlations to the two others.
//
// Leakage: shapes, plans and what the plan reveals; nothing else to any single party. Two colluding parties
// learn all. Messages, roles and arguments stand at the head of each file of this folder; SECURITY.md
// collects them.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

const Table& table();

}  // namespace sotto::protocols::rep3
